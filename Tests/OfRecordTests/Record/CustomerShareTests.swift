import OfRecord
import Testing

@Suite struct CustomerShareTests {
    @Test(arguments: [("customer456", 84.0236), ("", 51.4342), ("é", 48.2043), ("acme", 35.7574)])
    func `never moves a customer to another point`(customer: String, point: Double) {
        // Worked out by another program. The points are part of the contract: a change would move customers between vendors.
        #expect(CustomerShare.point(of: customer) == point)
    }
}
