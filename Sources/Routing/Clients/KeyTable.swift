/// Finds the client of a key. Made once for a snapshot of the routes.
package struct KeyTable: Sendable {
    /// A key, and whose it is.
    package struct Holder: Sendable {
        package let client: Client
        package let key: ClientKey
    }

    private let holders: [KeyDigest: Holder]

    package init(_ clients: [Client]) {
        var holders: [KeyDigest: Holder] = [:]
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
