package import ConfigurationFile
import JSON
package import Routing

/// What a changed `routes.json` would do: its faults, or its changes, both pictures and the plan that is being made.
package struct RoutesChangePage: PageContent {
    package static let template = "RoutesChange"
    package let title = "Effect of a change"
    let faults: [Fault]
    let hasErrors: Bool
    let hasFaults: Bool
    let content: FileLines
    let changes: [String]
    let changesNothing: Bool
    let pictures: Pictures?
    /// The page of the plan; nil if there is none.
    let plan: String?
    /// Why there is no plan.
    let problem: String?
    /// Where the file in effect is.
    let file: String

    /// One fault.
    struct Fault: Sendable {
        let line: Int
        let column: Int
        let style: String
        let severity: String
        let message: String
    }

    /// Before and after.
    struct Pictures: Sendable {
        let beforeMarkup: String
        let afterMarkup: String
    }

    /// A file that cannot be used.
    package init(faulty text: String, _ faults: FaultyConfiguration, file: String) {
        self.init(text: text, faults: faults.faults, changes: [], pictures: nil, plan: nil, problem: nil, file: file)
    }

    /// A file that can be used.
    /// - Parameters:
    ///   - changes: one line each.
    ///   - plan: the id of the plan on recorded events, or why there is none.
    package init(
        valid text: String,
        warnings: [ConfigurationFault],
        changes: [String],
        from old: Routes,
        to new: Routes,
        plan: Result<String, PlanRefusal>,
        file: String
    ) {
        let pictures = Pictures(
            beforeMarkup: RoutePicture(id: "before", of: old).markup,
            afterMarkup: RoutePicture(id: "after", of: new).markup
        )
        var (address, problem): (String?, String?)
        switch plan {
        case .success(let id): address = "/dashboard/routes/plans/\(id)"
        case .failure(let refusal): problem = refusal.message
        }
        self.init(
            text: text,
            faults: warnings,
            changes: changes,
            pictures: pictures,
            plan: address,
            problem: problem,
            file: file
        )
    }

    private init(
        text: String,
        faults: [ConfigurationFault],
        changes: [String],
        pictures: Pictures?,
        plan: String?,
        problem: String?,
        file: String
    ) {
        self.faults = faults.map { fault in
            Fault(
                line: fault.position.line,
                column: fault.position.column,
                style: fault.severity == .error ? "bad" : "warn",
                severity: fault.severity.rawValue,
                message: fault.message
            )
        }
        hasErrors = faults.contains { $0.severity == .error }
        hasFaults = !faults.isEmpty
        content = FileLines(text, faults: faults)
        self.changes = changes
        changesNothing = changes.isEmpty && pictures != nil
        self.pictures = pictures
        self.plan = plan
        self.problem = problem
        self.file = file
    }
}

/// Why there is no plan for a valid file.
package struct PlanRefusal: Error, Sendable {
    let message: String

    /// - Parameter message: one sentence for people.
    package init(_ message: String) { self.message = message }
}
