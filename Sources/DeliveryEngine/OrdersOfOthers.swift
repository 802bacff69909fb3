import Events
package import Journal
package import Logging
import ServiceLifecycle

/// Passes to this process's pipelines what people have ordered at other gateways over the same journal.
package struct OrdersOfOthers: Service {
    private let journal: any OrderFollowing
    private let view: DeliveryView
    private let logger: Logger

    package init(journal: any OrderFollowing, seenBy view: DeliveryView, logger: Logger) {
        self.journal = journal
        self.view = view
        self.logger = logger
    }

    package func run() async throws {
        // A pipeline that begins reads the order that holds then; what is ordered after this must reach it, too.
        var known = await ordersAtStart()
        for await _ in journal.changes.cancelOnGracefulShutdown() {
            view.bells.nudge(nil)
            do throws(StoreError) {
                let orders = try await journal.operatorOrders()
                for (provider, order) in orders where known[provider] != order {
                    view.orders.pass(order.hold.map { .hold($0) } ?? .resume, to: provider)
                }
                known = orders
            } catch {
                logger.warning("operators' orders could not be read", metadata: ["error": "\(error)"])
            }
        }
        // The journal was closed. Whoever has closed it ends the gateway, and says why.
        try? await gracefulShutdown()
    }

    /// The orders that hold when the gateway begins; read before any that comes later can be missed.
    private func ordersAtStart() async -> [ProviderName: RecordedOrder] {
        await cancelWhenGracefulShutdown { () async -> [ProviderName: RecordedOrder] in
            while !Task.isCancelled {
                do throws(StoreError) {
                    return try await journal.operatorOrders()
                } catch {
                    logger.warning("operators' orders could not be read", metadata: ["error": "\(error)"])
                }
                do { try await Task.sleep(for: .seconds(1)) } catch { break }
            }
            return [:]
        }
    }
}
