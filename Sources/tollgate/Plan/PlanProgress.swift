import ArgumentParser
import Client
import JSON

/// Waits until a plan is finished, and shows on a terminal how far it is.
struct PlanProgress {
    let gateway: GatewayOptions

    private static let interval = Duration.milliseconds(300)

    /// - Parameter answer: the plan as it stands.
    func finish(_ answer: GatewayClient.Answer) async throws -> FinishedPlan {
        var answer = answer
        var isShown = false
        while answer.status == 202, let id = answer.json?["id"]?.string {
            if Terminal.isWatched {
                Terminal.bar("\(answer.json?["events_read"]?.numberText ?? "0") events")
                isShown = true
            }
            try await Task.sleep(for: Self.interval)
            answer = try await gateway.get("/v1/plans/\(id.percentEncoded)")
        }
        if isShown { Terminal.keepBar() }
        return FinishedPlan(answer: answer)
    }
}

/// A plan with its result, or why there is none.
struct FinishedPlan {
    /// The last one, which has the result or an error.
    let answer: GatewayClient.Answer

    /// Prints the finished plan as text, or as JSON if that was requested.
    func show(in response: ResponseOptions) throws {
        guard let plan = response.toShow(answer) else { return }
        Terminal.data(PlanText(plan: plan, result: try result(of: plan)).text)
    }

    /// Shows whether a migration can begin, or go on.
    /// - Throws: `ExitCode` 1 if a condition is red, 2 if one is unknown.
    func showCheck(in response: ResponseOptions) throws {
        guard let plan = answer.json, let migration = try result(of: plan)["migration"], !migration.isNull else {
            Terminal.message("the gateway sent an unrecognized response")
            throw ExitCode.failure
        }
        if response.json {
            Terminal.data(answer.body)
        } else {
            Terminal.data(MigrationCheckText(migration).text(plan: PlanText.text(plan["id"])))
        }
        let code = Self.exitCode(of: migration)
        if code != 0 { throw ExitCode(code) }
    }

    /// 0: all conditions are green. 1: one is red. 2: none is red, and one is unknown.
    static func exitCode(of migration: JSONValue) -> Int32 {
        let colors = migration.elements(of: "conditions").compactMap { $0["color"]?.string }
        return colors.contains("red") ? 1 : colors.contains("unknown") ? 2 : 0
    }

    /// - Throws: `ExitCode` 1 if there is none.
    private func result(of plan: JSONValue) throws -> JSONValue {
        if let result = plan["result"], !result.isNull { return result }
        Terminal.message(plan["error"]?.string ?? "the plan has no result")
        throw ExitCode(1)
    }
}
