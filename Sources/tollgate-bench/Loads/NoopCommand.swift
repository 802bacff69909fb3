import ArgumentParser
import Hummingbird
import Logging
import NIOCore

/// A Hummingbird server that reads the body and answers 202: what the framework alone can do.
struct NoopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "noop", shouldDisplay: false)

    @Option var port: Int

    mutating func run() async throws {
        let router = Router()
        router.get("/readyz") { _, _ in HTTPResponse.Status.ok }
        router.post("/v1/events") { request, _ -> Response in
            _ = try await request.body.collect(upTo: 32 << 20)
            return Response(status: .accepted)
        }
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), backlog: 1024),
            logger: Logger(label: "noop") { _ in SwiftLogNoOpLogHandler() }
        )
        try await application.run()
    }
}
