import Access
import ArgumentParser
import ConfigurationFile
import Events
import Foundation
import Gateway
import Routing

/// The options of commands that work on stored keys.
struct KeyOptions: ParsableArguments {
    @OptionGroup(title: "Store") var storeOptions: StoreOptions

    @Option(help: "Data folder of the gateway, for keys of the embedded store (env: TOLLGATE_DATA).")
    var data: String = ProcessInfo.processInfo.environment["TOLLGATE_DATA"] ?? "./data"

    @Option(help: "Configuration file with the clients (env: TOLLGATE_ROUTES).")
    var routes: String = ProcessInfo.processInfo.environment["TOLLGATE_ROUTES"] ?? "routes.json"

    /// Runs an operation on the keys, and ends the command with the reason if it fails.
    func administer<Value>(_ work: (KeyAdministration) async throws -> Value) async throws -> Value {
        do {
            let clients = try RoutesFile.read(URL(filePath: routes), allowsInlineSecrets: true).routes.clients
            guard let shared = try storeOptions.shared else {
                let file = KeyFile(in: URL(filePath: data))
                return try await work(KeyAdministration(of: file, for: clients, by: SystemUser.current))
            }
            return try await SharedKeys.use(shared) { keys in
                try await work(KeyAdministration(of: keys, for: clients, by: SystemUser.current))
            }
        } catch let fault as GatewayFault {
            Terminal.message("\(fault)")
        } catch let fault as KeyFileFault {
            Terminal.message("\(fault)")
        } catch let fault as KeyLifecycleFault {
            Terminal.message("\(fault)")
        } catch let fault as StoreKeysFault {
            Terminal.message("\(fault)")
        } catch let fault as KeyAdministrationFault {
            Terminal.message("\(fault)")
        }
        throw ExitCode(1)
    }
}

/// The options for a new key's id and validity.
struct NewKeyOptions: ParsableArguments {
    @Option(help: "Key id (default: the first digits of its SHA-256).")
    var id: String?

    @Option(
        help:
            "When the key becomes valid: a time such as 2027-01-31T00:00:00Z, or a duration from now such as 1h or 30d."
    )
    var notBefore: KeyTime?

    @Option(help: "When the key expires: a time, or a duration from now.")
    var expires: KeyTime?

    var term: StoredKeys.Term { StoredKeys.Term(notBefore: notBefore?.timestamp, expires: expires?.timestamp) }

    mutating func validate() throws {
        guard let id else { return }
        guard id.wholeMatch(of: #/[A-Za-z0-9._-]{1,64}/#) != nil else {
            throw ValidationError("--id must have 1 to 64 letters, digits, dots, dashes and underscores")
        }
    }
}

/// A timestamp, or a duration from now.
struct KeyTime: ExpressibleByArgument {
    /// A point in time, also if a duration was given.
    let timestamp: Timestamp

    /// Reads `2027-01-31T00:00:00Z`, or `30d` as so long from now.
    init?(argument: String) {
        if let timestamp = Timestamp(rfc3339: argument) {
            self.timestamp = timestamp
        } else if let duration = DurationText.read(argument) {
            timestamp = SystemWallClock().now + duration
        } else {
            return nil
        }
    }
}
