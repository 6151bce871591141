using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Naru.Access.Roles;
using Naru.Objects.Access;

namespace Naru.Access.Tests;

public sealed class RuleCoverTests
{
    private static readonly string[] Verbs = ["get", "list", "*"];
    private static readonly string[] Groups = ["", "apps", "*"];
    private static readonly string[] Resources = ["pods", "pods/log", "*/log", "*"];
    private static readonly string[] Names = ["a", "b"];

    [Fact]
    public void Rules_ThatAreCovered_AllowNothingMore()
    {
        // Whoever may give rules away (nothing is missing) may do everything that the rules allow.
        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(RuleSets()), Arb.From(RuleSets()), Arb.From(Attempts()), static (held, wanted, attempt) =>
            RuleCover.Missing(held, wanted).Count > 0 || !wanted.Any(rule => rule.Allows(attempt)) || held.Any(rule => rule.Allows(attempt))));
    }

    [Fact]
    public void Rules_CoverThemselves()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(RuleSets()), static rules => RuleCover.Missing(rules, rules).Count == 0));
    }

    [Fact]
    public void Rules_OfAName_DoNotCoverAll()
    {
        var named = new PolicyRule { Verbs = ["get"], Groups = [""], Resources = ["pods"], Names = ["a"] };

        Assert.Equal(["{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\"]}"], RuleCover.Missing([named], [named with { Names = [] }]));
        Assert.Empty(RuleCover.Missing([named with { Names = [] }], [named]));
    }

    private static Gen<ImmutableArray<string>> Some(string[] values) => Gen.Elements(values).NonEmptyListOf().Select(static list => list.Distinct().Take(2).ToImmutableArray());

    private static Gen<ImmutableArray<PolicyRule>> RuleSets() =>
        (from verbs in Some(Verbs)
         from groups in Some(Groups)
         from resources in Some(Resources)
         from names in Gen.OneOf(Gen.Constant(ImmutableArray<string>.Empty), Some(Names))
         select new PolicyRule { Verbs = verbs, Groups = groups, Resources = resources, Names = names }).ListOf().Select(static list => list.Take(3).ToImmutableArray());

    private static Gen<AccessAttempt> Attempts() =>
        from verb in Gen.Elements("get", "list", "delete")
        from @group in Gen.Elements("", "apps", "batch")
        from resource in Gen.Elements("pods", "jobs")
        from subresource in Gen.Elements("", "log", "scale")
        from name in Gen.Elements("", "a", "b", "c")
        select new AccessAttempt { User = UserInfo.Anonymous, Verb = verb, Group = @group, Resource = resource, Subresource = subresource, Name = name };
}
