package import Dashboard

/// What an operator may set of the dashboard.
package struct DashboardSettings: Sendable, Equatable {
    /// The name of the installation, shown on every page; nil if it has none.
    package var title: String?
    /// The address under which browsers reach it through a proxy; nil if there is none.
    package var url: DashboardOrigin?
    /// Whether pages show the names of properties only, not their values.
    package var hidesProperties = false
    /// The demo client's key, if the simulated vendors run; nil otherwise.
    package var demoKey: String?

    package init() {}
}
