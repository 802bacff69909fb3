import Access
import Dashboard
import Events
import Migration
import OfRecord

/// `/dashboard/migration/moves/{name}`: one migration, and orders for it, which are checked before they are confirmed.
struct MovePageHandler: Sendable {
    private let migrations: any MigrationManaging
    private let csv: CSVResponder

    init(_ services: EndpointServices) {
        csv = CSVResponder(services)
        migrations = services.given.operations.orders.migrations
    }

    func show(_ call: PageCall) async throws -> PageAnswer {
        let status = try await status(call)
        return .page(MovePage(status, days: await days(call), mayManage: call.client.may(.manageMigrations)))
    }

    /// Shows what an order would do.
    func check(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        do throws(Problem) {
            let outcome = try await carryOut(try MoveOrder(form).order(isDryRun: true), call)
            let fields = MoveOrder.carried(form, as: outcome.record.entry.number)
            return .page(MoveOrderPage(outcome, fields: fields))
        } catch {
            return try await refused(call, form, error)
        }
    }

    /// Carries out an order that was checked.
    func order(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        do throws(Problem) {
            let order = try MoveOrder(form).order(isDryRun: false)
            let status = try await status(call)
            // What was confirmed is what was shown: nothing else was ordered meanwhile.
            let next = (status.records.last?.entry.number ?? 0) + 1
            guard form["number"] == "\(next)" else { throw Problem(MigrationRefusal.overtaken) }
            let name = status.outline.name.rawValue
            guard !MoveOrderPage.needsTyping(order.action) || form["typed"] == name else {
                throw Problem.badParameter("typed", "must be the name of the migration, \(name), to confirm the order")
            }
            _ = try await carryOut(order, call)
            return .see(Self.path(status.outline.name))
        } catch {
            return try await refused(call, form, error)
        }
    }

    /// The customers whose usage a return leaves to be voided at the new provider, as CSV.
    func customers(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        let outcome = try await carryOut(try MoveOrder(form).order(isDryRun: true), call)
        let list = ReturnedCSV(outcome.returned?.list ?? [])
        return .other(
            try await csv.respond(to: call.call, list, named: "to-void", needing: .manageMigrations)
        )
    }

    private static func path(_ name: MigrationName) -> String {
        "/dashboard/migration/moves/\(PercentEncoding.encoded(name.rawValue))"
    }

    /// Carries out an order; its refusal becomes a problem.
    private func carryOut(_ order: MigrationOrder, _ call: PageCall) async throws(Problem) -> MigrationOutcome {
        do {
            return try await migrations.carryOut(order, on: MigrationName(call.parameter), by: call.caller)
        } catch {
            throw Problem(error)
        }
    }

    /// Nil if the journal cannot be read: the rest is shown anyway.
    private func days(_ call: PageCall) async -> MigrationDays? {
        do {
            return try await migrations.days(of: MigrationName(call.parameter), for: call.client)
        } catch {
            return nil
        }
    }

    private func status(_ call: PageCall) async throws(Problem) -> MigrationStatus {
        do {
            return try await migrations.migration(MigrationName(call.parameter), for: call.client)
        } catch {
            throw Problem(error)
        }
    }

    /// The page again, with what was filled in.
    private func refused(_ call: PageCall, _ form: FormFields, _ problem: Problem) async throws -> PageAnswer {
        let page = MovePage(
            try await status(call),
            days: await days(call),
            mayManage: call.client.may(.manageMigrations),
            keeping: MoveOrder.entered(form),
            fault: "\(problem.detail)."
        )
        return .page(page, status: problem.status)
    }
}
