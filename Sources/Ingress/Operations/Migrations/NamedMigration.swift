import Events
import Routing

extension MigrationConfiguration {
    /// The migration with a name that a client has given.
    /// - Throws: ``Problem`` that suggests the name that was probably meant.
    static func named(_ name: String, among migrations: [MigrationConfiguration]) throws(Problem)
        -> MigrationConfiguration
    {
        if let found = migrations.first(where: { $0.name.rawValue == name }) { return found }
        let hint = Problem.suggestion(for: name, among: migrations.map(\.name.rawValue))
        throw .badBody("routes.json has no migration \"\(Excerpt.of(name, longest: 60))\"\(hint)")
    }
}
