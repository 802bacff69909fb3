/// What a server and its database say about themselves, and whether a journal can be kept there.
struct ServerDescription: Sendable, Equatable {
    /// As `server_version_num` has it: 150020 is 15.20.
    var versionNumber: Int64
    /// As `version()` has it.
    var version: String
    var database: String
    var encoding: String
    var isStandby = false
    /// Whether transactions read only, though the server is no standby.
    var isReadOnly = false
    /// Settings that are off although a committed row can be lost without them.
    var unsafeSettings: [String] = []

    /// The oldest server that has all that the statements use.
    static let oldestVersion: Int64 = 140_000

    /// Why the version is of no use, in one sentence; nil if it is supported.
    static func refusal(ofVersion number: Int64, _ text: String) -> String? {
        // Yugabyte's servers say that they are PostgreSQL, with a mark of their own in the version.
        guard text.hasPrefix("PostgreSQL "), !text.contains("-YB-") else {
            return "only PostgreSQL is supported, and this server is \(shortened(text))"
        }
        guard number >= oldestVersion else {
            return "PostgreSQL 14 or later is required, and this server runs \(shortened(text))"
        }
        return nil
    }

    /// Why no journal can be kept here, in one sentence that says how to fix it; nil if one can.
    func refusal(allowingDataLoss: Bool) -> String? {
        if let refusal = Self.refusal(ofVersion: versionNumber, version) { return refusal }
        guard encoding == "UTF8" else {
            return
                "the database \(database) has the encoding \(encoding); create one with ENCODING 'UTF8' TEMPLATE template0"
        }
        guard !isStandby else {
            return """
                the server is a standby, which only reads; list all hosts in the address and add \
                target_session_attrs=read-write
                """
        }
        guard !isReadOnly else {
            return "the database \(database) is read-only (default_transaction_read_only is on); turn that off"
        }
        guard unsafeSettings.isEmpty || allowingDataLoss else {
            return """
                the server can lose committed events, because \(unsafeSettings.joined(separator: " and ")) \
                \(unsafeSettings.count == 1 ? "is" : "are") off; turn \(unsafeSettings.count == 1 ? "it" : "them") on, or \
                start with --store-allow-data-loss
                """
        }
        return nil
    }

    /// `PostgreSQL 13.11` out of a text that names the compiler as well.
    private static func shortened(_ version: String) -> String {
        version.split(separator: " ").prefix(2).joined(separator: " ")
    }
}
