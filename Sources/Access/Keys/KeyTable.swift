/// Finds the client of a key. Built once per snapshot of the routes.
package struct KeyTable: Sendable {
    /// A key and its client. A class, because it is large and each request passes it on several times.
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
    ///   - clients: with their keys in `routes.json`, which take precedence where a key is in both files.
    ///   - stored: the keys of the data folder. Keys of unknown clients are ignored.
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

    /// The holder of the key with this digest, whether or not the key is valid now; nil if there is none.
    ///
    /// Its timing reveals nothing about the existing keys: a caller cannot choose the digest, and the table's hash has a seed of
    /// its own in each process.
    package func holder(of digest: KeyDigest) -> Holder? { holders[digest] }
}
