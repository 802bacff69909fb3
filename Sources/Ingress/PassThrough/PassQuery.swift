import Events

/// The query of a passed call.
enum PassQuery {
    /// The query for the vendor: each pair as it was written, without those that contain a credential.
    /// - Parameters:
    ///   - target: the request's path and query.
    ///   - key: the client's.
    ///   - credential: where the vendor expects its own.
    /// - Returns: nil if there is none.
    /// - Throws: ``PassRefusal/badQuery``
    static func outgoing(_ target: String, without key: String, credential: CredentialPlacement) throws(PassRefusal)
        -> String?
    {
        guard let mark = target.firstIndex(of: "?") else { return nil }
        let query = target[target.index(after: mark)...]
        guard query.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else { throw .badQuery }
        let own: String? = if case .query(let name) = credential { plain(name) } else { nil }
        let pairs = query.split(separator: "&", omittingEmptySubsequences: false).filter { pair in
            guard let (name, value) = QueryText.pairs(pair).first else { return true }
            return plain(name) != own && !PassFields.holds(value, key)
        }
        let text = pairs.joined(separator: "&")
        return text.isEmpty ? nil : text
    }

    /// A name as the most lenient server reads it: Knetik's account is `customerId` and `customer_id`.
    private static func plain(_ name: String) -> String {
        String(name.lowercased().filter { $0 != "_" && $0 != "-" })
    }
}
