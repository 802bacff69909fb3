import NIOCore

/// Whether the other side has closed a connection, as the system knows it now.
///
/// An event loop reports a close only when it polls the system, and a request that begins before does not wait for that. It would be lost
/// on a closed connection, without any way to tell whether the other side has read it.
enum PeerClose {
    #if os(Linux)
        /// `TCP_INFO`, and `TCP_ESTABLISHED` in its first byte.
        private static let (option, established) = (NIOBSDSocket.Option(rawValue: 11), 1)
    #else
        /// `TCP_CONNECTION_INFO`, and `TCPS_ESTABLISHED` in its first byte.
        private static let (option, established) = (NIOBSDSocket.Option(rawValue: 0x106), 4)
    #endif

    /// False also if the system does not say.
    static func isKnown(of channel: any Channel) -> Bool {
        do {
            let info = ChannelOptions.Types.SocketOption(level: .tcp, name: option)
            guard let state = try channel.syncOptions?.getOption(info) else { return false }
            return Int(state & 0xFF) != established
        } catch {
            // It is closed on our side, or not a socket. A write to it reports that.
            return false
        }
    }
}
