/// Finds the client of a key. Made once for a snapshot of the routes.
package struct KeyTable: Sendable {
    /// A key, and whose it is. A class, because each request hands it on several times, and it is large.
    package final class Holder: Sendable {
        package let client: Client
        package let key: ClientKey

        init(client: Client, key: ClientKey) {
            self.client = client
            self.key = key
        }
    }

    private let holders: [KeyDigest: Holder]

    /// - Parameters:
    ///   - clients: with the keys that `routes.json` gives them. They come first where a key stands in both files.
    ///   - stored: the keys of the data folder. Those of a client that is not there open nothing.
    package init(_ clients: [Client], stored: StoredKeys = StoredKeys()) {
        var holders: [KeyDigest: Holder] = [:]
        for client in clients {
            for key in stored.usable(by: client.name) { holders[key.digest] = Holder(client: client, key: key) }
        }
        for client in clients {
            for key in client.keys { holders[key.digest] = Holder(client: client, key: key) }
        }
        self.holders = holders
    }

    /// The holder of the key with this digest, whether or not it may be used now; nil if it is nobody's.
    ///
    /// How long it takes tells nothing about the keys there are: who asks does not choose the digest, and the table's hash has a seed of
    /// its own in each process.
    package func holder(of digest: KeyDigest) -> Holder? { holders[digest] }
}
