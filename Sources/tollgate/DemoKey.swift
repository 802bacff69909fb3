/// The key of the client `demo` in the sample `routes.json`: known to everybody, for a first try with the sandbox.
enum DemoKey {
    static let value = "tg_demo_5a4db0c5f1e2d3c4b5a69788"
}
