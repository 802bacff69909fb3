import ServiceLifecycle

/// A service of which logs show only the type: a description of its content would reveal secrets, such as the environment.
struct NamedService: Service, CustomStringConvertible {
    let service: any Service
    /// Its index among the gateway's services.
    let number: Int
    /// Is told when the service has been asked to stop, and when it has stopped.
    let stops: ServiceStops

    var description: String { "\(type(of: service))" }

    func run() async throws {
        defer { stops.stopped(number) }
        try await withGracefulShutdownHandler {
            try await service.run()
        } onGracefulShutdown: {
            stops.asked(number, description, at: .now)
        }
    }
}
