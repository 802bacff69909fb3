import NIOCore

extension NIOAsyncChannel {
    /// This channel, which stays in memory until it has closed.
    ///
    /// A server that is told to stop drops a connection, or a stream, that it has accepted and nobody handles yet. NIO would end the whole
    /// process then, because the channel's writer goes away unfinished.
    func keptUntilClosed() -> Self {
        channel.closeFuture.whenComplete { _ in withExtendedLifetime(self) {} }
        return self
    }
}
