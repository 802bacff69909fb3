/// The rule for the names of providers, routes, clients, tenants and keys.
package enum NameRule {
    /// 1 to 64 letters, digits, dots, dashes and underscores.
    package static func isMet(by name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }

    /// - Parameter what: whose name it is: `a route's name`.
    package static func broken(_ what: String, _ name: String) -> String {
        "\(what) has 1 to 64 letters, digits, dots, dashes and underscores; \"\(name)\" does not"
    }
}
