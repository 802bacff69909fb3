/// Finds the client of a key. Built once per snapshot of the routes.
package struct KeyTable: Sendable {
    /// A key and its client. A class, because it is large and each request passes it on several times.
    package final class Holder: Sendable {
        package let client: Client
        package let key: ClientKey
        let use: KeyUse

        init(client: Client, key: ClientKey, use: KeyUse) {
            self.client = client
            self.key = key
            self.use = use
        }
    }

    private let holders: [KeyDigest: Holder]

    /// - Parameters:
    ///   - clients: with their keys in `routes.json`, which take precedence where a key is in both files.
    ///   - stored: the keys of the data folder. Keys of unknown clients are ignored.
    ///   - previous: the table that this one replaces, so that no use of a key is forgotten.
    package init(_ clients: [Client], stored: StoredKeys = StoredKeys(), replacing previous: KeyTable? = nil) {
        var holders: [KeyDigest: Holder] = [:]
        func add(_ key: ClientKey, of client: Client) {
            let use = previous?.holders[key.digest]?.use ?? KeyUse()
            holders[key.digest] = Holder(client: client, key: key, use: use)
        }
        for client in clients {
            for key in stored.usable(by: client.name) { add(key, of: client) }
        }
        for client in clients {
            for key in client.keys { add(key, of: client) }
        }
        self.holders = holders
    }

    /// The keys that were used since the last call.
    package func takeUsed() -> Set<KeyDigest> {
        Set(holders.values.filter { $0.use.take() }.map(\.key.digest))
    }

    /// The holder of the key with this digest, whether or not the key is valid now; nil if there is none.
    ///
    /// Its timing reveals nothing about the existing keys: a caller cannot choose the digest, and the table's hash has a seed of
    /// its own in each process.
    package func holder(of digest: KeyDigest) -> Holder? { holders[digest] }
}
