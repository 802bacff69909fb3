import Ingress
import Sandbox

/// The simulators of this process, for the dashboard.
struct SandboxSimulators: SimulatorControlling {
    /// Of the sandbox that runs beside the gateway.
    let desk: SandboxDesk

    /// What each simulator can be told to do, for the choice at the dashboard.
    private static let behaviours = Behaviour.allCases.map {
        SimulatedVendor.Behaviour(value: $0.rawValue, label: $0.label)
    }

    var simulators: [SimulatedVendor] {
        desk.all.map { vendor in
            SimulatedVendor(
                name: vendor.name,
                received: vendor.received,
                billed: vendor.billed,
                behaviours: Self.behaviours,
                current: vendor.behaviour?.rawValue
            )
        }
    }

    /// False for an unknown simulator or behaviour.
    func set(_ behaviour: String, at vendor: String) -> Bool {
        Behaviour(rawValue: behaviour).map { desk.set($0, at: vendor) } ?? false
    }
}
