import Events
import Testing

@testable import Ingress

/// The grammar of list parameters, which is the same for every endpoint.
@Suite struct ListParametersTests {
    private static let allowed: Set<String> = ["name", "status", "provider", "from", "until", "limit", "cursor"]

    private func parameters(_ query: Substring) throws -> ListParameters {
        try ListParameters(query, allowed: Self.allowed)
    }

    private func detail(_ work: () throws -> Void) -> String {
        do {
            try work()
            return "no problem"
        } catch {
            return (error as? Problem)?.detail ?? "\(error)"
        }
    }

    @Test(
        arguments: [
            ("", []),
            ("name=a", ["a"]),
            ("name=a&name=b", ["a", "b"]),
            ("name=a,b", ["a", "b"]),
            ("name=a,b&name=c", ["a", "b", "c"]),
            ("name=a%2Cb", ["a,b"]),
            ("name=a%2Cb,c", ["a,b", "c"]),
            ("name=a+b,%C3%BC", ["a b", "ü"]),
        ] as [(Substring, [String])]
    )
    func `a filter is repeated or has several values, and an encoded comma belongs to its value`(
        _ query: Substring,
        _ values: [String]
    ) throws {
        #expect(try parameters(query).all("name") == values)
    }

    @Test func `known words may be separated by encoded commas too`() throws {
        let found = try parameters("status=rejected%2Cuncertain&status=pending").choices(
            "status",
            as: DeliveryStatus.self
        )
        #expect(found == [.rejected, .uncertain, .pending])
    }

    @Test(
        arguments: [
            ("stauts=a", #""stauts" is not a parameter here (did you mean "status"?)"#),
            ("name=", #""name" has an empty value"#),
            ("name=a,,b", #""name" has an empty value"#),
            ("status=rejectd", #"has the unknown value "rejectd" (did you mean "rejected"?)"#),
            ("provider=a&provider=b", #""provider" takes one value"#),
            ("from=soon", #"found "soon""#),
            ("from=2026-01-01T00:00:00+01:00", "write + as %2B"),
            ("from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", #""until" is before "from""#),
            ("limit=0", "must be an integer from 1 to 1000"),
            ("limit=99999999999999999999", "must be an integer from 1 to 1000"),
            ("cursor=x", "must be the next_cursor of an earlier page"),
        ] as [(Substring, String)]
    )
    func `says what is wrong with a parameter`(_ query: Substring, _ expected: String) {
        let detail = detail {
            let parameters = try parameters(query)
            _ = try parameters.choices("status", as: DeliveryStatus.self)
            _ = try parameters.single("provider")
            _ = try parameters.window("from", "until")
            _ = try parameters.limit()
            _ = try parameters.cursor { Int($0) }
        }
        #expect(detail.contains(expected), "\(detail)")
    }

    @Test func `a comma in a parameter that takes one value belongs to it`() throws {
        #expect(try parameters("cursor=a,b").single("cursor") == "a,b")
    }

    @Test func `an empty window is no error`() throws {
        let window = try parameters("from=1000&until=1000").window("from", "until")
        #expect(window.from == window.until)
    }

    @Test func `a filter by acceptance takes events in a half-open window`() throws {
        let query = try ListQuery("accepted_from=1000&accepted_until=2000", allowed: ListQuery.filterNames)
        let condition = try #require(try query.filter.condition)
        let table: [(milliseconds: Int64, isTaken: Bool)] = [
            (999_999, false), (1_000_000, true), (1_999_999, true), (2_000_000, false),
        ]
        for (milliseconds, isTaken) in table {
            #expect(condition(event(acceptedAt: Timestamp(milliseconds: milliseconds))) == isTaken, "\(milliseconds)")
        }
    }

    @Test func `a filter by client takes the events that any of the clients sent`() throws {
        for (query, isTaken) in [("client=web", true), ("client=shop,web", true), ("client=shop", false)] {
            let condition = try #require(try ListQuery(query[...], allowed: ListQuery.filterNames).filter.condition)
            #expect(condition(event(acceptedAt: Timestamp(milliseconds: 1))) == isTaken, "\(query)")
        }
        let both = try ListQuery("client=web&accepted_from=1000", allowed: ListQuery.filterNames).filter
        let condition = try #require(both.condition)
        #expect(!condition(event(acceptedAt: Timestamp(milliseconds: 1))))
        #expect(throws: Problem.self) {
            _ = try ListQuery("client=web&provider=p", allowed: ListQuery.filterNames.union(["provider"])).vendorQuery
        }
    }

    private func event(acceptedAt: Timestamp) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(name: "n", customerID: "c"),
            id: "e",
            in: Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: acceptedAt,
                plan: Plan(route: nil, destinations: [])
            )
        )
    }
}
