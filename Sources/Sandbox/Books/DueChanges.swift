import Foundation

/// What happens to rows later: they become visible, or are merged away. The earliest first, and of equal times the one that was planned first.
struct DueChanges: Sendable {
    /// What happens.
    enum Change: Sendable, Equatable {
        case show(Int32)
        case hide(Int32)
    }

    /// A change with its time; `number` keeps changes with the same time in order.
    private struct Item: Sendable {
        let due: Date
        let number: Int
        let change: Change

        func precedes(_ other: Item) -> Bool { due == other.due ? number < other.number : due < other.due }
    }

    /// A heap: each item precedes the two below it.
    private var items: [Item] = []
    private var planned = 0

    /// Adds a change to the heap.
    mutating func plan(_ change: Change, at due: Date) {
        items.append(Item(due: due, number: planned, change: change))
        planned += 1
        var place = items.count - 1
        while place > 0, items[place].precedes(items[(place - 1) / 2]) {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes the next change that is due.
    mutating func next(at now: Date) -> (change: Change, due: Date)? {
        guard let first = items.first, first.due <= now else { return nil }
        let last = items.removeLast()
        if !items.isEmpty {
            items[0] = last
            sink()
        }
        return (first.change, first.due)
    }

    /// Restores the heap's order after its first element was replaced.
    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < items.count && items[child].precedes(items[least])
            {
                least = child
            }
            guard least != place else { return }
            items.swapAt(place, least)
            place = least
        }
    }
}
