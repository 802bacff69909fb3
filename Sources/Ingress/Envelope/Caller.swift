package import Access
import NIOCore

/// Who makes a request: the client, by which of its keys, and from where.
package struct Caller: Sendable {
    package let client: Client
    /// The key that was presented.
    package let key: ClientKey
    private let address: SocketAddress?

    init(_ holder: KeyTable.Holder, from address: SocketAddress?) {
        client = holder.client
        key = holder.key
        self.address = address
    }

    /// The address that the request came from, without the port; nil if the connection has none.
    package var remoteAddress: String? { address?.ipAddress }
}
