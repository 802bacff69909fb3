import NIOCore

/// Makes the system close a connection whose peer does not acknowledge data: it has disappeared, or keeps its window closed, which a
/// server notices only when its own buffers are full.
enum PeerTimeout {
    /// How long the system waits for a peer that acknowledges nothing.
    private static let milliseconds = 60_000

    /// Sets the timeout; does nothing on systems other than Linux.
    static func set(on channel: any Channel) {
        #if os(Linux)
            // TCP_USER_TIMEOUT (RFC 5482), which covers a closed window on Linux. Best effort: a connection that has ended has no options.
            let option = ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: 18))
            try? channel.syncOptions?.setOption(option, value: milliseconds)
        #endif
    }
}
