import Foundation
import HTTPTypes
import Hummingbird

/// The id under which a request stands in the log and in its answer.
enum RequestID {
    /// The client's own, if it is fit to be printed anywhere, else a new one.
    static func of(_ request: Request) -> String {
        if let given = request.headers[.requestID], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return given
        }
        return UUID().uuidString.lowercased()
    }
}

/// The key that a request brings.
enum PresentedKey {
    /// From `Authorization: Bearer KEY`, else from `x-api-key`.
    static func of(_ request: Request) -> String? {
        if let field = request.headers[.authorization] {
            let parts = field.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return request.headers[.apiKey]
    }
}
