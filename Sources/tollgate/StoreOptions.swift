import ArgumentParser
import ConfigurationFile
import Events
import Foundation
import Gateway
import JournalPostgres
import Version

/// The options that say where the journal is.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Where the journal is: sqlite, in the data folder of this gateway alone, or the address of a PostgreSQL database that several \
            gateways share, such as postgresql://tollgate@db/tollgate?sslmode=verify-full \
            (default: sqlite; env: TOLLGATE_STORE).
            """,
            valueName: "address"
        )
    )
    var store: String?

    @Option(help: "Schema of the journal's tables (default: tollgate; env: TOLLGATE_STORE_SCHEMA).")
    var storeSchema: String?

    @Option(
        help: """
            File with the password of the database's user (env: TOLLGATE_STORE_PASSWORD_FILE). PGPASSWORD and PGPASSFILE work too.
            """
    )
    var storePasswordFile: String?

    @Option(
        help: """
            on or off: whether statements are prepared. Turn it off behind a pooler that does not support it, such as PgBouncer before 1.21 \
            (default: on; env: TOLLGATE_STORE_PREPARE).
            """
    )
    var storePrepare: Switch?

    /// Of an option that is on by default.
    enum Switch: String, ExpressibleByArgument, CaseIterable {
        case on
        case off
    }

    mutating func validate() throws {
        let environment = ProcessInfo.processInfo.environment
        if let store, let address = StoreAddress(parsing: store), address.hasPassword {
            throw ValidationError(
                "the address of --store contains a password, which other users of the machine can see: set TOLLGATE_STORE instead, or use "
                    + "--store-password-file or PGPASSWORD"
            )
        }
        let words = Switch.allCases.map(\.rawValue)
        try Variable.check("TOLLGATE_STORE_PREPARE", is: "on or off") { words.contains($0) }
        storePrepare = storePrepare ?? environment["TOLLGATE_STORE_PREPARE"].flatMap { Switch(rawValue: $0) }
        storePasswordFile = storePasswordFile ?? environment["TOLLGATE_STORE_PASSWORD_FILE"]
        storeSchema = storeSchema ?? environment["TOLLGATE_STORE_SCHEMA"]
        if let storeSchema, storeSchema.wholeMatch(of: #/[a-z_][a-z0-9_]{0,62}/#) == nil {
            throw ValidationError(
                "the schema must have 1 to 63 lowercase letters, digits and underscores, and no digit first; found \"\(storeSchema)\""
            )
        }
        _ = try address
    }

    /// The database's address; nil for the embedded store.
    private var address: StoreAddress? {
        get throws {
            let variable = ProcessInfo.processInfo.environment["TOLLGATE_STORE"]
            guard let text = store ?? variable, text != "sqlite" else { return nil }
            guard let address = StoreAddress(parsing: text) else {
                // Without the value, which may contain a password.
                throw ValidationError(
                    "\(store == nil ? "environment variable TOLLGATE_STORE" : "--store") must be sqlite or the address of a PostgreSQL "
                        + "database, such as postgresql://tollgate@127.0.0.1:5432/tollgate"
                )
            }
            return address
        }
    }

    /// The shared store; nil for the embedded one.
    var shared: SharedStoreSettings? {
        get throws {
            guard let address = try address else { return nil }
            var shared = SharedStoreSettings(address: address)
            if let storeSchema { shared.store.schema = storeSchema }
            if let storePrepare { shared.store.prepares = storePrepare == .on }
            shared.store.version = ProgramVersion.current.number
            if let storePasswordFile { shared.store.password = try Self.password(in: storePasswordFile) }
            return shared
        }
    }

    /// Reads a password file, so that the password is neither in the arguments nor in the environment.
    private static func password(in file: String) throws -> Secret {
        let content: Data
        do {
            content = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw ValidationError("the password file \(file) cannot be read; see --store-password-file")
        }
        let text = String(decoding: content, as: UTF8.self)
        let password = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !password.isEmpty else {
            throw ValidationError("the password file \(file) is empty; write the password into its first line")
        }
        return Secret(password)
    }
}
