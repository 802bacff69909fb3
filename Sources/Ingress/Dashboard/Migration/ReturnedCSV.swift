import Events
import Journal
import Migration
import OfRecord
import Reports

/// The customers that return, with the usage that must be voided, in one page: their number is limited.
struct ReturnedCSV: CSVList {
    static let titles = ["customer_id", "events", "first", "last"]

    private let customers: [ReturnedUsage.Customer]

    init(_ customers: [ReturnedUsage.Customer]) {
        self.customers = customers
    }

    func page(after cursor: Int?) async throws(StoreError) -> CSVPage<Int> {
        let rows = customers.map { customer in
            [customer.customer.rawValue, "\(customer.events)", customer.first.rfc3339, customer.last.rfc3339]
        }
        return CSVPage(rows: rows, next: nil)
    }
}
