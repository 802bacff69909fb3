import Access
import Dashboard
import DeliveryEngine
import Events
import Journal
import Migration
import Parity
import Routing

/// `/dashboard/migration`: comparisons and backfills, and starting and changing them.
struct MigrationPageHandler: Sendable {
    private let operations: IngressOperations
    private let routes: CurrentRoutes
    private let clock: any WallClock

    private static let page = 25

    init(_ services: EndpointServices) {
        operations = services.given.operations
        routes = services.given.routes
        clock = services.given.clock
    }

    func page(_ call: PageCall) async throws -> PageAnswer {
        .page(try await page(call, fault: nil))
    }

    /// Starts a comparison.
    func compare(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        let order: ParityOrder
        do {
            order = try self.order(form)
            try ParityAccess(routes).check(order, for: call.client)
        } catch {
            return .page(try await page(call, keeping: form, fault: "\(error.detail)."), status: error.status)
        }
        do {
            let run = try await operations.parity.start(order, for: call.client.tenant, by: call.client.name)
            await operations.audit.write("parity: run", by: .client(call.caller), ParityAccess.details(of: run))
            return .see("/dashboard/migration/runs/\(run.id)")
        } catch {
            let problem = Problem(error)
            return .page(try await page(call, keeping: form, fault: "\(problem.detail)."), status: problem.status)
        }
    }

    /// Pauses, resumes or cancels a backfill.
    func change(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        guard let number = form["number"].flatMap({ Int64($0) }), number > 0 else {
            throw Problem.badParameter("number", "is the number of a backfill, such as 3")
        }
        let change: LaneChange
        switch form["act"] {
        case "pause"?: change = .pause
        case "resume"?: change = .resume
        case "cancel"?: change = .cancel
        case nil, .some: throw Problem.badParameter("act", "must be pause, resume or cancel")
        }
        do {
            _ = try await operations.orders.backfills.change(LaneNumber(number), change, by: call.caller)
            return .see(Screen.migration.path)
        } catch {
            let problem = Problem(error)
            return .page(try await page(call, fault: "\(problem.detail)."), status: problem.status)
        }
    }

    /// The comparison that the form describes.
    /// - Throws: ``Problem`` that names the field.
    private func order(_ form: FormFields) throws(Problem) -> ParityOrder {
        let providers = form.all("provider").map { ProviderName($0) }
        guard !providers.isEmpty else { throw .badParameter("provider", "choose at least one provider") }
        let from = try ListParameters.timestamp("from", form["from"] ?? "")
        let until = try ListParameters.timestamp("until", form["until"] ?? "")
        guard from < until else { throw .badParameter("until", "must be after \"from\"") }
        let levels = try ListParameters.choices("level", [form["level"] ?? "full"], as: ParityLevel.self)
        guard levels.first != .usage else {
            throw .badParameter("level", "usage needs metrics; start it with tollgate parity run --level usage")
        }
        return ParityOrder(
            window: ReadWindow(from: from, until: until),
            providers: providers,
            level: levels.first ?? .full
        )
    }

    /// - Parameter form: that of a comparison, if it has to be corrected.
    private func page(_ call: PageCall, keeping form: FormFields? = nil, fault: String?) async throws(Problem)
        -> MigrationPage
    {
        let before = call.fields["cursor"].flatMap { Int64($0) }
        let runs: [ParityRun]
        do { runs = try await operations.parity.runs(before: before, limit: Self.page) } catch { throw Problem(error) }
        let mayManage = call.client.may(.manageMigrations)
        var backfills: [BackfillView] = []
        if mayManage {
            do { backfills = try await operations.orders.backfills.backfills(for: call.client) } catch {
                throw Problem(error)
            }
        }
        let moves: [MigrationStatus]
        do { moves = try await operations.orders.migrations.migrations(for: call.client) } catch {
            throw Problem(error)
        }
        let access = ParityAccess(self.routes)
        let routes = self.routes.current.routes
        // A whole day that has ended, at midnight UTC.
        let day: Int64 = 86_400_000
        let today = clock.now.milliseconds / day * day
        return MigrationPage(
            moves: moves,
            runs: runs.filter { access.maySee($0, call.client) },
            days: await days(call.client, access),
            next: runs.count == Self.page ? runs.last.map { "\($0.id)" } : nil,
            backfills: backfills.map { MigrationPage.Backfill($0.lane, heldBy: $0.heldBy) },
            mayManage: mayManage,
            comparing: MigrationPage.ComparisonForm(
                of: routes.providers.filter { routes.mayRead($0.name, call.client) }.map(\.name),
                proposing: ReadWindow(
                    from: Timestamp(milliseconds: today - day),
                    until: Timestamp(milliseconds: today)
                ),
                keeping: form.map(Self.entered)
            ),
            fault: fault
        )
    }

    /// Nil if the findings cannot be read: the rest is shown anyway.
    private func days(_ client: Client, _ access: ParityAccess) async -> ParityDays? {
        do {
            return try await operations.comparedDays.days(of: operations.parity, at: clock.now) {
                access.maySee($0, client)
            }
        } catch {
            return nil
        }
    }

    private static func entered(_ form: FormFields) -> MigrationPage.Entered {
        MigrationPage.Entered(
            providers: form.all("provider"),
            from: form["from"] ?? "",
            until: form["until"] ?? "",
            level: form["level"].flatMap { ParityLevel(rawValue: $0) }
        )
    }
}
