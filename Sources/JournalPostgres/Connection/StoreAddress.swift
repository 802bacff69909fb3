import CLibpq
package import Events
import Foundation

/// The address of a database, as libpq reads it: `postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full`.
package struct StoreAddress: Sendable {
    /// The address itself, which may contain a password.
    package let secret: Secret
    /// What it sets, by libpq's keywords, without the passwords.
    private let options: [String: String]
    /// Whether it contains a password, of the user or of a client key.
    package let hasPassword: Bool

    private static let passwords: Set = ["password", "sslpassword"]

    /// - Returns: nil unless the text is an address that libpq can read. Why not is not said: libpq repeats the address.
    package init?(parsing text: String) {
        guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else { return nil }
        var fault: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(text, &fault) else {
            if let fault { PQfreemem(fault) }
            return nil
        }
        defer { PQconninfoFree(parsed) }
        var options: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        secret = Secret(text)
        hasPassword = Self.passwords.contains { options[$0] != nil }
        self.options = options.filter { !Self.passwords.contains($0.key) }
    }

    /// The servers and the database, without user and password: `db1:5432,db2:5432/tollgate`.
    package var display: String {
        let ports = list("port")
        let servers = hosts.enumerated().map { index, host in
            let port = ports.count == 1 ? ports.first : ports.indices.contains(index) ? ports[index] : nil
            return host + (port.map { ":\($0)" } ?? "")
        }
        return servers.joined(separator: ",") + (options["dbname"].map { "/\($0)" } ?? "")
    }

    /// Whether a server is on another machine, and its certificate and name are not checked.
    /// - Parameter environment: may set `PGSSLMODE`, as libpq reads it.
    package func isUnverified(environment: [String: String]) -> Bool {
        let isRemote = hosts.contains { !$0.hasPrefix("/") && !Self.localHosts.contains($0) }
        return isRemote && (options["sslmode"] ?? environment["PGSSLMODE"]) != "verify-full"
    }

    private static let localHosts: Set = ["localhost", "127.0.0.1", "::1"]

    private var hosts: [String] {
        let named = list("host")
        let found = named.isEmpty ? list("hostaddr") : named
        return found.isEmpty ? ["localhost"] : found
    }

    private func list(_ keyword: String) -> [String] {
        (options[keyword] ?? "").split(separator: ",").map(String.init)
    }
}
