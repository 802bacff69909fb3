import Foundation
import Testing

@testable import Sandbox

/// A page costs as much among many events as among few: it looks at no more rows than it shows.
@Suite struct PageCostTests {
    private static let count = ProcessInfo.processInfo.environment["SANDBOX_EVENTS"].flatMap { Int($0) } ?? 20_000

    private func books(_ order: RowLists.Order) -> Books {
        let books = Books(order: order, container: "properties", settings: SimulatorSettings())
        for number in 0..<Self.count {
            books.record(
                Books.Arrival(
                    id: "e\(number)",
                    event: ["n": .number("\(number)")],
                    at: SimulatorProbe.start.addingTimeInterval(Double(number) / 1000),
                    identity: "e\(number)",
                    time: number / 3,
                    name: "n\(number % 10)",
                    customer: "c\(number % 1000)",
                    keys: { _ in [SearchKey("k", "v\(number)")] }
                )
            )
        }
        return books
    }

    @Test func `whatever is asked for`() {
        let books = books(.timeThenID)
        let now = SimulatorProbe.start.addingTimeInterval(1e6)
        var queries: [(BookQuery, Int)] = [(BookQuery(), 100)]
        var query = BookQuery()
        query.names = ["n3"]
        queries.append((query, 100))
        query.from = Self.count / 6
        query.through = Self.count / 5
        queries.append((query, 100))
        query.names = []
        query.customers = ["c7"]
        queries.append((query, 100))
        query = BookQuery()
        query.order = .arrival
        queries.append((query, 100))
        query.customers = ["c7"]
        queries.append((query, 100))
        query = BookQuery()
        query.keys = [(0..<100).map { SearchKey("k", "v\($0 * 7)") }]
        queries.append((query, 200))
        // Rows of one customer are looked at for a name among them.
        query = BookQuery()
        (query.names, query.customers) = (["n7"], ["c7"])
        queries.append((query, Self.count / 1000 + 100))
        for (query, most) in queries {
            for skipped in [0, Self.count / 50] {
                let found = books.page(query, BookPage(skipped: skipped, size: 100), at: now)
                #expect(found.examined <= most, "\(query)")
            }
        }
        #expect(books.page(queries[1].0, BookPage(size: 1), at: now).total == Self.count / 10)
    }
}
