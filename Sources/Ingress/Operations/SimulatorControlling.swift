/// Shows simulated vendors, and makes them fail; implemented by whatever runs them beside the gateway.
package protocol SimulatorControlling: Sendable {
    /// All, in the order in which they are shown.
    var simulators: [SimulatedVendor] { get }

    /// Changes a simulator's behaviour from its next request on.
    /// - Parameter behaviour: the value of one of ``SimulatedVendor/behaviours``.
    /// - Returns: whether there is such a simulator and such a behaviour.
    func set(_ behaviour: String, at vendor: String) -> Bool
}

/// One simulated vendor.
package struct SimulatedVendor: Sendable, Equatable {
    /// A way to behave.
    package struct Behaviour: Sendable, Equatable {
        package let value: String
        /// For people.
        package let label: String

        package init(value: String, label: String) {
            self.value = value
            self.label = label
        }
    }

    package let name: String
    /// Events that it received.
    package let received: Int
    /// Events that it would bill.
    package let billed: Int
    package let behaviours: [Behaviour]
    /// The value of the current one; nil if it is not among ``behaviours``.
    package let current: String?

    package init(name: String, received: Int, billed: Int, behaviours: [Behaviour], current: String?) {
        self.name = name
        self.received = received
        self.billed = billed
        self.behaviours = behaviours
        self.current = current
    }
}
