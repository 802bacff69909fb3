import Events
package import Journal
package import Logging
import ServiceLifecycle

/// Passes orders that people gave at other gateways over the same journal to this process's pipelines.
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
        // A pipeline that starts reads the order that applies then; later orders must reach it too.
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
        // The journal was closed. Whatever closed it ends the gateway and reports why.
        try? await gracefulShutdown()
    }

    /// The orders that apply when the gateway starts; read before a later one could be missed.
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
