package import Access
import NIOCore

/// The sender of a request: the client, its key, and its address.
package struct Caller: Sendable {
    private let holder: KeyTable.Holder
    private let address: SocketAddress?
    /// The request's id, as in its response and the access log; nil before it is known.
    package var requestID: String?

    init(_ holder: KeyTable.Holder, from address: SocketAddress?) {
        self.holder = holder
        self.address = address
    }

    package var client: Client { holder.client }

    /// The key that was presented.
    package var key: ClientKey { holder.key }

    /// The address that the request came from, without the port; nil if the connection has none.
    package var remoteAddress: String? { address?.ipAddress }
}
