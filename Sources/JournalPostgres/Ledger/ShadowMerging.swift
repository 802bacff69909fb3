import Events
import Journal

extension ShadowTally {
    /// One tally a class and field: what showed the same is counted together, and so are fields beyond the limit.
    /// - Parameter known: the fields that are counted already.
    static func merged(_ tallies: [ShadowTally], known: [String]) -> [ShadowTally] {
        var fields = Set(known.map { Array($0.utf8) })
        var merged: [ShadowTally] = []
        for tally in tallies {
            // As it is stored: two tallies of one row cannot be added by one statement.
            let stored = tally.field.storable
            let bytes = Array(stored.utf8)
            // What has no field is none of too many.
            let fits = bytes.isEmpty || fields.contains(bytes) || fields.count < ShadowCount.mostFields
            let field = fits ? stored : ShadowCount.otherFields
            if fits { fields.insert(bytes) }
            let index = merged.firstIndex { other in
                other.shadowClass == tally.shadowClass && other.field.utf8.elementsEqual(field.utf8)
            }
            let before = index.map { merged[$0] }
            let sum = ShadowTally(
                tally.shadowClass,
                field: field,
                events: tally.events + (before?.events ?? 0),
                samples: Array((tally.samples + (before?.samples ?? [])).prefix(ShadowCount.mostSamples)),
                at: max(tally.at, before?.at ?? tally.at)
            )
            if let index { merged[index] = sum } else { merged.append(sum) }
        }
        return merged
    }
}
