import NIOCore

extension NIOAsyncChannel {
    /// This channel, which stays in memory until it has closed.
    ///
    /// A server that is told to stop drops a connection, or a stream, that it has accepted and does not handle yet. NIO would then end
    /// the whole process, because the channel's writer is released unfinished.
    func keptUntilClosed() -> Self {
        channel.closeFuture.whenComplete { _ in withExtendedLifetime(self) {} }
        return self
    }
}
