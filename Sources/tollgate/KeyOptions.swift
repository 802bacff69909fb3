import Access
import ArgumentParser
import ConfigurationFile
import Events
import Foundation
import Gateway
import Routing

/// The options of commands that work on the data folder's keys.
struct KeyOptions: ParsableArguments {
    @Option(help: "Data folder of the gateway (env: TOLLGATE_DATA).")
    var data: String = ProcessInfo.processInfo.environment["TOLLGATE_DATA"] ?? "./data"

    @Option(help: "Configuration file with the clients (env: TOLLGATE_ROUTES).")
    var routes: String = ProcessInfo.processInfo.environment["TOLLGATE_ROUTES"] ?? "routes.json"

    /// Does something with the keys, and ends the command with the reason if that cannot be done.
    func administer<Value>(_ work: (KeyAdministration) throws -> Value) throws -> Value {
        do {
            let routes = try RoutesFile.read(URL(filePath: routes), allowsInlineSecrets: true).routes
            return try work(
                KeyAdministration(
                    of: KeyFile(in: URL(filePath: data)),
                    for: routes.clients,
                    by: SystemUser.current
                )
            )
        } catch let fault as GatewayFault {
            Terminal.message("\(fault)")
        } catch let fault as KeyFileFault {
            Terminal.message("\(fault)")
        } catch let fault as KeyLifecycleFault {
            Terminal.message("\(fault)")
        } catch let fault as KeyAdministrationFault {
            Terminal.message("\(fault)")
        }
        throw ExitCode(1)
    }
}

/// The options that say what a new key is called and when it may be used.
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

/// A timestamp, as itself or as a time from now.
struct KeyTime: ExpressibleByArgument {
    let timestamp: Timestamp

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
