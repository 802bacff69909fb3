import NIOCore

/// Whether the other side has closed a connection, as the system knows it now.
///
/// An event loop tells so only when it asks the system for news, which a request that begins before does not wait for. On a connection that
/// was closed, it would be lost, and nobody could say whether the other side has read it.
enum PeerClose {
    #if os(Linux)
        /// `TCP_INFO`, and `TCP_ESTABLISHED` in its first byte.
        private static let (option, established) = (NIOBSDSocket.Option(rawValue: 11), 1)
    #else
        /// `TCP_CONNECTION_INFO`, and `TCPS_ESTABLISHED` in its first byte.
        private static let (option, established) = (NIOBSDSocket.Option(rawValue: 0x106), 4)
    #endif

    /// False also where the system does not say.
    static func isKnown(of channel: any Channel) -> Bool {
        do {
            let info = ChannelOptions.Types.SocketOption(level: .tcp, name: option)
            guard let state = try channel.syncOptions?.getOption(info) else { return false }
            return Int(state & 0xFF) != established
        } catch {
            // It is closed on our side, or no socket. Whoever writes to it is told.
            return false
        }
    }
}
