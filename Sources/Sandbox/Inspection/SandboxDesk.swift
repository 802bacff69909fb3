/// What the process that runs the sandbox may see and change of it, without its HTTP API.
package struct SandboxDesk: Sendable {
    let vendors: [String: SandboxResponder.VendorBooth]

    /// One simulator as it is now.
    package struct Vendor: Sendable, Equatable {
        package let name: String
        /// Events that it received.
        package let received: Int
        /// Events that it would bill.
        package let billed: Int
        /// Nil if it has faults without a name, which were set by the HTTP API.
        package let behaviour: Behaviour?
    }

    /// All simulators, by name.
    package var all: [Vendor] {
        vendors.sorted { $0.key < $1.key }.map { name, booth in
            let counts = booth.simulator.books.counts
            return Vendor(
                name: name,
                received: counts.received,
                billed: counts.billed,
                behaviour: Behaviour(booth.dice.faults)
            )
        }
    }

    /// Lets a simulator behave so from its next request on.
    /// - Returns: whether there is such a simulator.
    package func set(_ behaviour: Behaviour, at name: String) -> Bool {
        guard let booth = vendors[name] else { return false }
        booth.dice.set(behaviour.faults)
        return true
    }
}
