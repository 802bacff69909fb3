/// Why a statement has no rows.
enum PostgresFailure: Error, Equatable, Sendable {
    /// The database refused it: nothing that it would have changed stands.
    case refused(SQLState, message: String)
    /// There is no connection, and none could be made: the statement was not sent.
    case unreachable(reason: String)
    /// It was sent and not answered: what it changes may stand or not.
    case unknown(reason: String)
    /// The connection was closed on this side before the statement was sent.
    case closed

    /// Whether nothing that the statement would have changed stands.
    var isCertain: Bool {
        switch self {
        case .refused, .unreachable, .closed: true
        case .unknown: false
        }
    }

    /// Whether a statement can be sent a second time at once.
    /// - Parameters:
    ///   - wasConnected: whether the connection had been there before: it may have been lost long ago, unnoticed.
    ///   - isRead: whether the statement only reads.
    func allowsSecondTry(wasConnected: Bool, isRead: Bool) -> Bool {
        switch self {
        case .unreachable: wasConnected
        case .unknown: isRead
        case .refused, .closed: false
        }
    }

    /// Whether the database refused the statement for this reason.
    func isRefusal(_ state: SQLState) -> Bool {
        if case .refused(state, _) = self { return true }
        return false
    }

    /// For people; never with a password.
    var reason: String {
        switch self {
        case .refused(let state, let message): "\(message) (SQLSTATE \(state.code))"
        case .unreachable(let reason): "the database cannot be reached: \(reason)"
        case .unknown(let reason): "the database did not answer: \(reason)"
        case .closed: "the connection is closed"
        }
    }
}

/// The five characters by which PostgreSQL names a reason.
struct SQLState: Sendable, Hashable {
    let code: String

    static let uniqueViolation = SQLState(code: "23505")
    /// Also: no partition takes the row.
    static let checkViolation = SQLState(code: "23514")
    static let undefinedTable = SQLState(code: "42P01")
    static let duplicateTable = SQLState(code: "42P07")
    static let lockNotAvailable = SQLState(code: "55P03")
    static let diskFull = SQLState(code: "53100")
    static let divisionByZero = SQLState(code: "22012")
    static let featureNotSupported = SQLState(code: "0A000")
    static let dataException = SQLState(code: "22000")

    /// Whether the server ended the connection, or lost track of the statement, and so does not tell the outcome of it.
    var leavesDoubt: Bool {
        code.hasPrefix("08") || code.hasPrefix("57P0") || code == "40003"
    }

    /// Whether another try can succeed by itself: too few resources, a lock, a deadlock, a serialization conflict.
    var isTransient: Bool {
        code.hasPrefix("53") || code == "40001" || code == "40P01" || code == "55P03" || code == "57014"
    }
}
