import NIOCore
import NIOPosix

/// A server on 127.0.0.1 that gives each connection a handler of its own.
enum LoopbackServer {
    /// Serves until the process ends.
    static func run<Handler: ChannelInboundHandler>(
        port: Int,
        on group: any EventLoopGroup,
        handler: @escaping @Sendable () -> Handler
    ) async throws {
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler()) }
            }
            .bind(host: "127.0.0.1", port: port).get()
        try await server.closeFuture.get()
    }
}
