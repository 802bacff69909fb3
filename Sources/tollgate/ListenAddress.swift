import ArgumentParser
import Foundation

/// `HOST:PORT`, as `127.0.0.1:8080` or `[::1]:8080`.
struct ListenAddress: ExpressibleByArgument {
    /// Without the brackets of an IPv6 address.
    let host: String
    /// 0 for any free one.
    let port: Int

    /// - Returns: nil without a port or with one beyond 65535.
    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(argument[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        self.host = host
        self.port = port
    }

    var defaultValueDescription: String { authority(port: port) }

    /// `127.0.0.1:8080`, or `[::1]:8080`, as in a URL.
    /// - Parameter port: the one that is used in place of port 0.
    func authority(port: Int) -> String {
        "\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// The address that a variable names, else the one that is given, also if the variable has no address: see ``check(_:in:)``.
    static func fromEnvironment(_ variable: String, else standard: String) -> ListenAddress {
        let text = ProcessInfo.processInfo.environment[variable] ?? standard
        guard let address = ListenAddress(argument: text) ?? ListenAddress(argument: standard) else {
            preconditionFailure("the standard address has the form HOST:PORT")
        }
        return address
    }

    /// Defaults of options cannot fail, so whoever has one from a variable checks the variable too.
    /// - Throws: `ValidationError` if the variable has no address.
    static func check(
        _ variable: String,
        in environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        try Variable.check(variable, is: "HOST:PORT, such as 127.0.0.1:8080", in: environment) {
            ListenAddress(argument: $0) != nil
        }
    }
}
