import GRDB
import Journal

extension StoreError {
    /// What a failed read or write means to a caller. The database's own words hold no event.
    init(_ error: any Error, retryAfter: Duration) {
        if let error = error as? StoreError {
            self = error
        } else if let error = error as? DatabaseError {
            self = error.resultCode == .SQLITE_FULL ? .full(retryAfter: retryAfter) : .failed(reason: error.plainReason)
        } else if error is RowDecodingError {
            // Its own description has the row's values.
            self = .failed(reason: "the database is damaged: a value has an unexpected type")
        } else {
            self = .failed(reason: String(describing: error))
        }
    }
}

extension DatabaseError {
    /// Message and code without the statement and its values.
    var plainReason: String {
        "\(message ?? "no message") (SQLite \(extendedResultCode.rawValue))"
    }
}
