import Events
import Journal
import Reports
import ServiceLifecycle

/// Counts the deliveries that wait for a person, for tenants with open pages, outside of requests.
struct ProblemCounter: Service {
    let counts: ProblemCounts
    let archive: any EventArchive

    private static let interval = Duration.seconds(2)
    /// Counting takes at most a twentieth of the time.
    private static let share = 20

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = ContinuousClock.now
                await count()
                let pause = max(Self.interval, (ContinuousClock.now - start) * Self.share)
                do { try await Task.sleep(for: pause) } catch { return }
            }
        }
    }

    private func count() async {
        let grouping = DeliveryGrouping(archive, patience: DeliveryGrouping.countPatience)
        for tenant in counts.wanted(at: .now) where !Task.isCancelled {
            do {
                counts.set(try await grouping.problems(of: tenant), of: tenant, at: .now)
            } catch {
                // The last count stays for a while; the Overview reports what is wrong with the store.
                return
            }
        }
    }
}
