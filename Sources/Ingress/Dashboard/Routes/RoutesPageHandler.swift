import Access
import ConfigurationFile
import Dashboard
import Events
import HTTPTypes
import JSON
import Journal
import Reports
import Routing

/// `/dashboard/routes`: the routes in effect, and the effect of a change.
struct RoutesPageHandler: Sendable {
    private let operations: IngressOperations
    private let routes: CurrentRoutes
    private let clock: any WallClock
    private let bodyLimitBytes: Int
    private let hidesProperties: Bool

    init(_ services: EndpointServices) {
        operations = services.given.operations
        routes = services.given.routes
        clock = services.given.clock
        bodyLimitBytes = services.settings.bodyLimitBytes
        hidesProperties = services.dashboard?.settings.hidesProperties ?? false
    }

    func page(_ call: PageCall) async throws -> PageAnswer {
        .page(RoutesPage(try await configuration(), delivered: delivered()))
    }

    /// Reads a changed file, and has its plan made. Applies nothing.
    func change(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form(limitBytes: bodyLimitBytes)
        let text = form["file"] ?? ""
        let file = Array(text.utf8)
        let current = try await configuration()
        do {
            let result = try await operations.orders.reloading.compare(file)
            let page = RoutesChangePage(
                valid: text,
                warnings: result.warnings,
                changes: result.changes.list.map(\.summary) + result.stranded.map(Self.text),
                from: current.routes,
                to: result.routes ?? current.routes,
                plan: await plan(file, form, call),
                file: current.file
            )
            return .page(page)
        } catch .faulty(let faults) {
            return .page(RoutesChangePage(faulty: text, faults, file: current.file), status: .unprocessableContent)
        } catch {
            throw Problem(error)
        }
    }

    /// A plan that was asked for.
    func plan(_ call: PageCall) async throws -> PageAnswer {
        let answer: PlanAnswer
        do {
            answer = try await operations.orders.planning.plan(call.parameter, for: call.client)
        } catch {
            throw Problem(error)
        }
        guard let plan = JSONDocument(ifValid: answer.json)?.root else { throw Problem(PlanError.unknown) }
        return .page(RoutesPlanPage(plan, hidesProperties: hidesProperties))
    }

    private func configuration() async throws(Problem) -> ConfigurationReport {
        do { return try await operations.reports.configuration.configuration() } catch { throw Problem(error) }
    }

    private func plan(_ file: [UInt8], _ form: FormFields, _ call: PageCall) async -> Result<String, PlanRefusal> {
        let days = form["days"].flatMap { Int64($0) }.map { min(max($0, 1), 3653) }
        let order = PlanOrder(
            .file(file),
            clock: .accepted,
            from: days.map { clock.now + (.zero - .seconds($0 * 86_400)) },
            until: nil,
            sample: form["sample"].flatMap { Double($0) }.map { $0 > 0 && $0 <= 100 ? $0 : 100 } ?? 100
        )
        do {
            let answer = try await operations.orders.planning.plan(order, by: call.caller)
            guard let id = JSONDocument(ifValid: answer.json)?.root["id"]?.string else {
                return .failure(PlanRefusal("The plan has no id; try again."))
            }
            return .success(id)
        } catch {
            return .failure(PlanRefusal("There is no plan: \(Problem(error).detail)."))
        }
    }

    /// Events delivered in the last hour, by provider.
    private func delivered() -> [ProviderName: Int] {
        let report = operations.reports.statistics.statistics(StatisticsQuery(.tenSeconds, count: 360))
        var counts: [ProviderName: Int] = [:]
        for series in report.providers {
            counts[series.provider] = series.points.compactMap { $0?.delivered }.reduce(0, +)
        }
        return counts
    }

    private static func text(_ stranded: StrandedDeliveries) -> String {
        let count = stranded.backlog.events
        let events = "\(PlainNumbers.count(count)) \(count == 1 ? "delivery" : "deliveries")"
        return "\(events) to the removed provider \(stranded.provider.rawValue) would wait until it is back"
    }
}
