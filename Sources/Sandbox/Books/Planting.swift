import Randomness

/// Damage that a vendor does to events after it has confirmed them, drawn from a seed, and the list of it.
///
/// What happens to an event follows from the seed, its id and how often it was lost before, not from the order in which events arrive.
struct Planting: Sendable {
    /// What is done to an event.
    enum Kind: String, CaseIterable, Sendable {
        case lost, doubled, altered
    }

    /// The probability of each.
    struct Odds: Sendable, Equatable {
        var lose = 0.0
        var double = 0.0
        var alter = 0.0
        var seed: UInt64 = 1

        var isNone: Bool { lose == 0 && double == 0 && alter == 0 }
    }

    private struct Plant {
        let id: String
        let kind: Kind
        var timesLost = 0
        /// Whether the event was stored later, because it was sent again.
        var isMended = false
    }

    private var plants: [Plant] = []
    /// Positions in `plants` by identity.
    private var places: [Fingerprint: Int] = [:]

    /// Decides about an event that is stored now, and notes what is done to it.
    /// - Parameter isStored: whether one of this identity is there already: it is altered again if it was, and nothing else.
    mutating func happening(to id: String, _ identity: Fingerprint, isStored: Bool, _ odds: Odds) -> Kind? {
        let place = places[identity]
        if isStored { return place.map { plants[$0].kind } == .altered ? .altered : nil }
        let drawn = odds.isNone ? nil : Self.draw(id, timesLost: place.map { plants[$0].timesLost } ?? 0, odds)
        if let place {
            guard plants[place].kind == .lost else { return nil }
            if drawn == .lost { plants[place].timesLost += 1 } else { plants[place].isMended = true }
            // It was lost, so it is not there to be damaged in another way as well.
            return drawn == .lost ? .lost : nil
        }
        guard let drawn else { return nil }
        places[identity] = plants.count
        plants.append(Plant(id: id, kind: drawn, timesLost: drawn == .lost ? 1 : 0))
        return drawn
    }

    /// What happens to an event: determined by the seed and its ID, so that each run is the same.
    private static func draw(_ id: String, timesLost: Int, _ odds: Odds) -> Kind? {
        var hash = SplitMix.mixed(odds.seed &+ UInt64(timesLost) &* SplitMix.increment)
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // 53 bits, as many as a fraction has.
        let point = Double(SplitMix.mixed(hash) >> 11) * 0x1p-53
        if point < odds.lose { return .lost }
        if point < odds.lose + odds.double { return .doubled }
        return point < odds.lose + odds.double + odds.alter ? .altered : nil
    }

    /// The ids by kind, in the order of arrival; those that were lost and came again later apart.
    var json: SandboxJSON {
        func ids(_ wanted: (Plant) -> Bool) -> SandboxJSON { .array(plants.filter(wanted).map { .string($0.id) }) }
        var members = Kind.allCases.map { kind in
            SandboxJSON.Member(name: kind.rawValue, value: ids { $0.kind == kind && !$0.isMended })
        }
        members.append(.init(name: "mended", value: ids(\.isMended)))
        return .object(members)
    }
}

extension SandboxJSON {
    /// An event with another value in it: one more in its first number, else a letter more in its first text, else a property more.
    /// - Parameters:
    ///   - container: the name of the member that holds the properties.
    ///   - id: stays, where a property repeats it.
    func altered(in container: String, id: String) -> SandboxJSON {
        guard let members else { return self }
        let properties = self[container]?.members ?? []
        var changed = properties
        if let index = properties.firstIndex(where: { $0.value.increased != nil }),
            let value = properties[index].value.increased
        {
            changed[index] = Member(name: properties[index].name, value: value)
        } else if let index = properties.firstIndex(where: { $0.value.string.map { $0 != id } ?? false }),
            let text = properties[index].value.string
        {
            // As long as it was: what the vendor takes is not checked again.
            let last = text.last == "~" ? "-" : "~"
            changed[index] = Member(name: properties[index].name, value: .string("\(text.dropLast())\(last)"))
        } else {
            changed.append(Member(name: "altered", value: true))
        }
        let rest = members.filter { $0.name != container }
        return .object(rest + [Member(name: container, value: .object(changed))])
    }

    /// A number, also as text, by one larger; nil for everything else and for what has a fraction in a power of ten.
    fileprivate var increased: SandboxJSON? {
        switch self {
        case .number(let text): Self.increased(text).map { .number($0) }
        case .string(let text): Self.increased(text).map { .string($0) }
        case .null, .bool, .array, .object: nil
        }
    }

    /// The number plus one, as text; nil if the text is not a number.
    private static func increased(_ text: String) -> String? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = Int(parts[0]), whole >= 0, whole < .max, !parts[0].hasPrefix("+") else { return nil }
        guard parts.count == 2 else { return "\(whole + 1)" }
        guard !parts[1].isEmpty, parts[1].allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return "\(whole + 1).\(parts[1])"
    }
}
