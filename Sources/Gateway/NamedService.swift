import ServiceLifecycle

/// A service of which logs show the type alone: a description of everything in it would have secrets, such as the environment.
struct NamedService: Service, CustomStringConvertible {
    let service: any Service

    var description: String { "\(type(of: service))" }

    func run() async throws { try await service.run() }
}
