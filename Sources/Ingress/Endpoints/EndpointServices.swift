/// The dependencies of the endpoints' handlers. One per listener.
struct EndpointServices: Sendable {
    let given: IngressServices
    let settings: IngressSettings
    /// Finds out who calls, and counts it against the limits.
    let gatekeeper: Gatekeeper
    /// Decompresses and reads large bodies off the event loop.
    let bodies: LargeBodies
    let capacity: IngressCapacity
    /// Created once, because most requests need it.
    let writing: WriteHandler
    /// Nil if the listener serves no dashboard.
    let dashboard: DashboardParts?

    init(
        _ given: IngressServices,
        settings: IngressSettings,
        gatekeeper: Gatekeeper,
        bodies: LargeBodies,
        capacity: IngressCapacity,
        dashboard: DashboardParts? = nil
    ) {
        self.given = given
        self.settings = settings
        self.gatekeeper = gatekeeper
        self.bodies = bodies
        self.capacity = capacity
        self.dashboard = dashboard
        writing = WriteHandler(
            given,
            limiter: gatekeeper.limiter,
            eventLimit: settings.eventLimit,
            bodies: bodies
        )
    }
}
