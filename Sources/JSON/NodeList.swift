/// The nodes of a text while it is scanned. An array would look at each addition whether somebody else has a copy of it, which is a fifth
/// of the time that a scan takes.
struct NodeList: ~Copyable {
    private var memory: UnsafeMutableBufferPointer<JSONNode>
    private(set) var count = 0

    init(capacity: Int) {
        memory = .allocate(capacity: max(capacity, 1))
    }

    deinit {
        memory.deallocate()
    }

    /// All nodes so far.
    var array: [JSONNode] { Array(memory[..<count]) }

    subscript(index: Int) -> JSONNode {
        get {
            precondition(index < count, "no such node yet")
            return memory[index]
        }
        set {
            precondition(index < count, "no such node yet")
            memory[index] = newValue
        }
    }

    @inline(__always)
    mutating func append(_ node: JSONNode) {
        if count == memory.count { grow() }
        memory.initializeElement(at: count, to: node)
        count += 1
    }

    private mutating func grow() {
        let larger = UnsafeMutableBufferPointer<JSONNode>.allocate(capacity: count * 2)
        _ = larger.moveInitialize(fromContentsOf: memory)
        memory.deallocate()
        memory = larger
    }
}
