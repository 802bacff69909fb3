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
            let port = ports.count == 1 ? ports[0] : ports.indices.contains(index) ? ports[index] : ""
            return host + (port.isEmpty ? "" : ":\(port)")
        }
        return servers.joined(separator: ",") + (options["dbname"].map { "/\($0)" } ?? "")
    }

    /// Whether a server is on another machine, and its certificate and name are not checked.
    /// - Parameter environment: may set `PGSSLMODE`, as libpq reads it.
    package func isUnverified(environment: [String: String]) -> Bool {
        // libpq connects to these; the names beside them are only compared with certificates.
        let addresses = list("hostaddr")
        let isRemote = hosts.enumerated().contains { index, host in
            let address = addresses.indices.contains(index) ? addresses[index] : ""
            return !Self.isLocal(address.isEmpty ? host : address)
        }
        return isRemote && (options["sslmode"] ?? environment["PGSSLMODE"]) != "verify-full"
    }

    /// Whether a host is this machine: a socket's folder, an abstract socket, or its own address.
    private static func isLocal(_ host: String) -> Bool {
        host.hasPrefix("/") || host.hasPrefix("@") || localHosts.contains(host)
    }

    private static let localHosts: Set = ["localhost", "127.0.0.1", "::1"]

    /// One for each server; at least one.
    private var hosts: [String] {
        let (names, addresses) = (list("host"), list("hostaddr"))
        guard !names.isEmpty || !addresses.isEmpty else { return [Self.standardHost] }
        return (0..<max(names.count, addresses.count)).map { index in
            let name = names.indices.contains(index) ? names[index] : ""
            let address = addresses.indices.contains(index) ? addresses[index] : ""
            return name.isEmpty ? (address.isEmpty ? Self.standardHost : address) : name
        }
    }

    private static let standardHost = "localhost"

    /// The items of an option, by server; one that is left out is empty.
    private func list(_ keyword: String) -> [String] {
        guard let text = options[keyword], !text.isEmpty else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
