import DeliveryEngine
import Events
import OfRecord
import Routing
import Testing
import Vendors

/// Which backfills may start, by the routes in force.
@Suite struct BackfillRequirementsTests {
    private static let now = Timestamp(milliseconds: 1_772_366_400_000)
    private static let retention = Duration.seconds(35 * 86_400)

    /// Clients: an administrator, a shop with its own account at Lago, and a till without.
    private func routes(_ to: String, addresses: String = "http://127.0.0.1:1") throws -> Routes {
        let text = #"""
            {"version": 1,
             "providers": {
               "lago": {"adapter": "lago", "base_url": "\#(addresses)", "credential": {"env": "L"}},
               "polar": {"adapter": "polar", "base_url": "\#(addresses)", "credential": {"env": "P"}},
               "knetik": {"adapter": "knetik", "base_url": "\#(addresses)", "credential": {"env": "K"}}},
             "routes": [{"name": "r", "to": [\#(to)]}],
             "clients": [
               {"name": "ops", "tenant": "ops", "scopes": ["admin"]},
               {"name": "shop", "tenant": "shop", "credentials": {"lago": {"env": "S"}}},
               {"name": "till", "tenant": "till"}]}
            """#
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
    }

    private static let toAll = #"""
        {"provider": "lago", "subscription_id": "s"}, {"provider": "polar", "mode": "mirror"}, {"provider": "knetik"}
        """#

    private enum Who: Int { case ops, shop, till }

    private func accounts(_ order: BackfillOrder, in routes: Routes, by who: Who = .ops) -> Result<
        [ProviderName], BackfillRefusal
    > {
        let requirements = BackfillRequirements(by: routes, retention: Self.retention, at: Self.now)
        return Result { () throws(BackfillRefusal) in
            try requirements.accounts(order, for: routes.clients[who.rawValue]).map(\.provider.name)
        }
    }

    private func order(_ provider: ProviderName, since: Duration = .seconds(-3600), until: Duration? = nil)
        -> BackfillOrder
    {
        BackfillOrder(provider: provider, since: Self.now + since, until: until.map { Self.now + $0 })
    }

    @Test func `an administrator fills the provider's account and those of tenants there`() throws {
        #expect(try accounts(order("lago"), in: routes(Self.toAll)).get() == ["lago", "lago@shop"])
        #expect(try accounts(order("polar"), in: routes(Self.toAll)).get() == ["polar"])
    }

    @Test func `a tenant fills its own account, and neither one that it shares nor another tenant's`() throws {
        let routes = try routes(Self.toAll)
        #expect(accounts(order("lago@shop"), in: routes, by: .till) == .failure(.sharedProvider("lago@shop")))
        #expect(try accounts(order("lago"), in: routes, by: .shop).get() == ["lago@shop"])
        #expect(accounts(order("polar"), in: routes, by: .shop) == .failure(.sharedProvider("polar")))
        #expect(accounts(order("polar"), in: routes, by: .till) == .failure(.sharedProvider("polar")))
    }

    @Test func `a tenant fills no account that only another tenant uses`() throws {
        let text = #"""
            {"version": 1,
             "providers": {
               "polar": {"adapter": "polar", "base_url": "http://127.0.0.1:1", "credential": {"env": "P"}}},
             "routes": [{"name": "r", "match": {"client": "shop"}, "to": [{"provider": "polar"}]}],
             "clients": [
               {"name": "ops", "tenant": "ops", "scopes": ["admin"]}, {"name": "shop", "tenant": "shop"},
               {"name": "till", "tenant": "till"}]}
            """#
        let routes = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        #expect(accounts(order("polar"), in: routes, by: .till) == .failure(.sharedProvider("polar")))
        #expect(try accounts(order("polar"), in: routes, by: .shop).get() == ["polar"])
    }

    @Test func `names the providers that exist if one does not, without those of tenants`() throws {
        let found = accounts(order("lagos"), in: try routes(Self.toAll))
        #expect(found == .failure(.unknownProvider("lagos", known: ["lago", "polar", "knetik"])))
    }

    @Test func `needs a route that delivers, or consent to one that does not`() throws {
        let none = try routes(#"{"provider": "polar"}"#)
        #expect(accounts(order("lago"), in: none) == .failure(.noRoute("lago")))
        let shadow = try routes(#"{"provider": "polar", "mode": "shadow"}"#)
        #expect(accounts(order("polar"), in: shadow) == .failure(.notLive("polar")))
        var consented = order("polar")
        consented.withoutLive = true
        #expect(try accounts(consented, in: shadow).get() == ["polar"])
    }

    @Test func `needs consent for a vendor that neither deduplicates nor can be read`() throws {
        let routes = try routes(Self.toAll)
        #expect(accounts(order("knetik"), in: routes) == .failure(.unreadable("knetik", vendor: "Knetik")))
        var consented = order("knetik")
        consented.acceptsUnreadable = true
        #expect(try accounts(consented, in: routes).get() == ["knetik"])
    }

    @Test func `refuses windows that have no events`() throws {
        let routes = try routes(Self.toAll)
        for until in [Duration.seconds(-3600), .seconds(-3601)] {
            let empty = order("polar", until: until)
            #expect(
                accounts(empty, in: routes) == .failure(.emptyWindow(since: empty.since, until: Self.now + until))
            )
        }
        let future = order("polar", since: .milliseconds(1))
        #expect(accounts(future, in: routes) == .failure(.futureWindow(since: future.since)))
        #expect(try accounts(order("polar", since: .zero), in: routes).get() == ["polar"])
    }

    @Test func `refuses windows from before the events that are kept, but for a minute of other clocks`() throws {
        let routes = try routes(Self.toAll)
        let earliest = Self.now + (.zero - Self.retention)
        let tolerated = order("polar", since: .zero - Self.retention - .seconds(60))
        #expect(try accounts(tolerated, in: routes).get() == ["polar"])
        let early = order("polar", since: .zero - Self.retention - .milliseconds(60_001))
        #expect(
            accounts(early, in: routes) == .failure(.beforeRetention(since: early.since, earliest: earliest))
        )
    }

    /// An order for running periods, of which that of `old` began before the events that are kept.
    private func periods(
        withoutIncomplete: Bool = false,
        of customers: [String] = [],
        otherwise: Timestamp? = BackfillRequirementsTests.now
    )
        -> BackfillOrder
    {
        let old = Self.now + (.zero - Self.retention) + .seconds(-86_400)
        let starts = BackfillStarts(
            customers: ["old": old, "new": Self.now + .seconds(-7200)],
            otherwise: otherwise
        )
        var order = BackfillOrder(
            provider: "polar",
            since: starts.earliest ?? Self.now,
            starts: starts,
            customerIDs: customers
        )
        order.withoutIncomplete = withoutIncomplete
        return order
    }

    private func complete(_ order: BackfillOrder, removedThrough: Timestamp? = nil) throws -> Result<
        BackfillOrder, BackfillRefusal
    > {
        let routes = try routes(Self.toAll)
        let requirements = BackfillRequirements(
            by: routes,
            retention: Self.retention,
            removedThrough: removedThrough,
            at: Self.now
        )
        return Result { () throws(BackfillRefusal) in
            let (complete, leftOut) = try requirements.complete(order, for: routes.clients[0])
            #expect(
                order.starts == nil
                    || (leftOut == nil) == (order.starts?.limited(to: order.customerIDs).earliest == complete.since)
            )
            _ = try requirements.accounts(complete, for: routes.clients[0])
            return complete
        }
    }

    @Test func `says whose running periods the journal lacks a part of, and leaves them out if that is asked for`()
        throws
    {
        let earliest = Self.now + (.zero - Self.retention)
        let refused = try complete(periods())
        guard case .failure(.incompletePeriods(let incomplete)) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(incomplete.customers == 1 && incomplete.others == nil && incomplete.earliest == earliest)
        #expect(incomplete.examples.map(\.customerID) == ["old"])
        let message = try #require(BackfillRefusal.incompletePeriods(incomplete).message)
        #expect(message.contains("events from \(earliest.rfc3339) on") && message.contains("1 customer (old from "))

        let order = try complete(periods(withoutIncomplete: true)).get()
        #expect(order.since == Self.now + .seconds(-7200) && order.starts?.leftOut == 1)
        #expect(try complete(periods(of: ["new"])).get().since == Self.now + .seconds(-7200))
        let nobody = try complete(periods(withoutIncomplete: true, of: ["old"]))
        guard case .failure(.allIncomplete) = nobody else {
            Issue.record("\(nobody)")
            return
        }
    }

    @Test func `tells a tenant with an account of its own how many periods are incomplete, and not whose`() throws {
        let routes = try routes(Self.toAll)
        let requirements = BackfillRequirements(by: routes, retention: Self.retention, at: Self.now)
        var order = periods()
        order.provider = "lago"
        func refusal(_ who: Who) -> IncompletePeriods? {
            do throws(BackfillRefusal) {
                _ = try requirements.complete(order, for: routes.clients[who.rawValue])
                return nil
            } catch {
                guard case .incompletePeriods(let incomplete) = error else { return nil }
                return incomplete
            }
        }
        let shown = try #require(refusal(.shop))
        #expect(shown.customers == 1 && shown.examples.isEmpty && shown.subject == "1 customer")
        #expect(refusal(.ops)?.examples.map(\.customerID) == ["old"])
    }

    @Test func `takes what retention has removed for missing, also if it was shorter before`() throws {
        let removed = Self.now + .seconds(-3600)
        let all = try complete(periods(withoutIncomplete: true), removedThrough: removed).get()
        #expect(all.since == Self.now && all.starts?.leftOut == 2)
        guard
            case .failure(.beforeRetention(_, let earliest)) = try complete(
                order("polar", since: .seconds(-7200)),
                removedThrough: removed
            )
        else {
            Issue.record("a window is not refused from which events have been removed")
            return
        }
        #expect(earliest == removed)
    }

    @Test func `needs a person's confirmation where past usage may be billed otherwise, unless nobody bills`() throws {
        func effect(_ order: BackfillOrder, _ addresses: String) throws(BackfillRefusal) -> String? {
            let routes: Routes
            do { routes = try self.routes(Self.toAll, addresses: addresses) } catch { return "unreadable" }
            let requirements = BackfillRequirements(by: routes, retention: Self.retention, at: Self.now)
            return try requirements.effect(order, on: try requirements.accounts(order, for: routes.clients[0]))
        }
        let polar = order("polar")
        let refused = #expect(throws: BackfillRefusal.self) { try effect(polar, "https://vendor.example") }
        guard case .unconfirmed(let text)? = refused else { throw refused ?? .noRoute("polar") }
        var confirmed = polar
        confirmed.isConfirmed = true
        #expect(try effect(confirmed, "https://vendor.example") == text)
        #expect(try effect(polar, "http://127.0.0.1:1") == text)
    }

    /// The routes with a migration from Lago to Polar, which bills by receipt, or back.
    private func migrating(_ from: String, _ to: String, mode: DeliveryMode) throws -> Routes {
        let text = #"""
            {"version": 1,
             "providers": {
               "lago": {"adapter": "lago", "base_url": "http://127.0.0.1:1", "credential": {"env": "L"}},
               "polar": {"adapter": "polar", "base_url": "http://127.0.0.1:1", "credential": {"env": "P"}}},
             "routes": [{"name": "r", "to": [{"provider": "\#(from)"}, {"provider": "\#(to)", "mode": "\#(mode.rawValue)"}]}],
             "migrations": {"m": {"route": "r", "from": "\#(from)", "to": "\#(to)"}},
             "clients": [{"name": "ops", "tenant": "ops", "scopes": ["admin"]}]}
            """#
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
    }

    private func result(_ provider: ProviderName, in routes: Routes, _ actions: [MigrationEntry.Action]) -> Result<
        [ProviderName], BackfillRefusal
    > {
        let entries = actions.enumerated().map { MigrationEntry(number: $0.offset, at: Self.now, action: $0.element) }
        let logs = MigrationLogs(["m": MigrationLog(entries)])
        let requirements = BackfillRequirements(by: routes, logs: logs, retention: Self.retention, at: Self.now)
        return Result { () throws(BackfillRefusal) in
            try requirements.accounts(order(provider), for: routes.clients[0]).map(\.provider.name)
        }
    }

    @Test func `follows what a migration has ordered for its new provider`() throws {
        let routes = try migrating("lago", "polar", mode: .off)
        #expect(result("polar", in: routes, []) == .failure(.noRoute("polar")))
        #expect(result("polar", in: routes, [.stage(.shadow)]) == .failure(.notLive("polar")))
        #expect(result("polar", in: routes, [.stage(.shadow), .stage(.mirror)]) == .success(["polar"]))
    }

    @Test func `refuses what a vendor that bills by receipt would bill again when customers have moved`() throws {
        for (from, to) in [("lago", "polar"), ("polar", "lago")] {
            let routes = try migrating(from, to, mode: .mirror)
            #expect(result("polar", in: routes, [.ramp(share: 0), .hold]) == .success(["polar"]))
            let moved = Result<[ProviderName], BackfillRefusal>.failure(.moved("polar", vendor: "Polar", "m"))
            #expect(result("polar", in: routes, [.ramp(share: 5)]) == moved)
            #expect(result("polar", in: routes, [.cut(at: Self.now), .goBack(when: .now, customers: nil)]) == moved)
            // Lago bills by the event's time.
            #expect(result("lago", in: routes, [.cut(at: Self.now)]) == .success(["lago"]))
        }
    }
}
