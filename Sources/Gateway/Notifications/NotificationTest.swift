import Events
package import Foundation
import NIOSSL
import Notifications
import Posting
import Routing

/// Sends a test message to the receivers of a `routes.json`, as a gateway with these variables would.
package enum NotificationTest {
    /// The result for one receiver.
    package struct Outcome: Sendable, Equatable {
        package let receiver: String
        /// Why the message was not sent; nil if it was.
        package let failure: String?
    }

    /// - Parameters:
    ///   - name: of one receiver; nil for all.
    ///   - roots: additional certificate authorities, in PEM.
    /// - Returns: one outcome per receiver, in the order of the file; nil if there is none with this name.
    /// - Throws: ``GatewayFault`` if the file cannot be used.
    package static func run(
        _ file: URL,
        receiver name: String?,
        allowsInlineSecrets: Bool,
        trusting roots: URL?,
        environment: [String: String]
    ) async throws(GatewayFault) -> [Outcome]? {
        let settings = try RoutesFile.read(file, allowsInlineSecrets: allowsInlineSecrets).routes.notifications
        let receivers = settings.receivers.filter { name == nil || $0.name == name }
        if name != nil, receivers.isEmpty { return nil }
        let clock = SystemWallClock()
        let sender = NotificationSender(
            poster: HTTPPoster(trusting: try VendorRoots.read(roots)),
            credentials: ReceiverCredentials { settings }.vault(environment: environment),
            environment: environment,
            clock: clock
        )
        var outcomes: [Outcome] = []
        for receiver in receivers {
            let message = NotificationMessage.test(
                id: "msg_test_\(UUID().uuidString.lowercased())",
                at: clock.now,
                gateway: settings.gateway
            )
            switch await sender.send(message, to: receiver) {
            case .sent: outcomes.append(Outcome(receiver: receiver.name, failure: nil))
            case .failed(let reason): outcomes.append(Outcome(receiver: receiver.name, failure: reason))
            }
        }
        await sender.poster.shutdown()
        return outcomes
    }
}
