using Naru.Cel.Runtime;
using Naru.Cel.Syntax;

namespace Naru.Cel.Evaluation;

/// <summary>Steps that walk a list or map.</summary>
internal static class LoopSteps
{
    public static Step Plan(Loop node)
    {
        var plan = new LoopPlan(Planner.Plan(node.Range), node.Filter is null ? null : Planner.Plan(node.Filter), Planner.Plan(node.Body), node.Slot, node.Second is not null);
        return node.Kind switch
        {
            LoopKind.All => frame => Decide(plan, frame, false),
            LoopKind.Exists => frame => Decide(plan, frame, true),
            LoopKind.ExistsOne => frame => Count(plan, frame),
            LoopKind.Filter => frame => Filter(plan, frame),
            LoopKind.Map or LoopKind.TransformList => frame => Transform(plan, frame),
            _ => frame => TransformMap(plan, frame, node.Kind == LoopKind.TransformMapEntry),
        };
    }

    // Like a chain of && or ||: one that decides is enough.
    private static object Decide(LoopPlan plan, Frame frame, bool wanted)
    {
        object? failure = null;
        var error = plan.Walk(frame, (_, _) =>
        {
            var value = plan.Body(frame);
            if (value is bool truth)
            {
                return truth == wanted ? value : null;
            }

            failure ??= value is CelError ? value : CelError.NoOverload;
            return null;
        });
        return error ?? failure ?? !wanted;
    }

    private static object Count(LoopPlan plan, Frame frame)
    {
        var count = 0;
        var error = plan.Walk(frame, (_, _) =>
        {
            var value = plan.Body(frame);
            count += value is true ? 1 : 0;
            return value is bool ? null : value is CelError ? value : CelError.NoOverload;
        });
        return error ?? count == 1;
    }

    private static object Filter(LoopPlan plan, Frame frame)
    {
        var kept = new List<object>();
        var error = plan.Walk(frame, (first, _) =>
        {
            var value = plan.Body(frame);
            if (value is true)
            {
                kept.Add(first);
            }

            return value is bool ? null : value is CelError ? value : CelError.NoOverload;
        });
        return error ?? new MadeList(kept);
    }

    private static object Transform(LoopPlan plan, Frame frame)
    {
        var made = new List<object>();
        var error = plan.Walk(frame, (_, _) =>
        {
            if (plan.Passes(frame, out var failure))
            {
                var value = plan.Body(frame);
                failure = value as CelError;
                made.Add(value);
            }

            return failure;
        });
        return error ?? new MadeList(made);
    }

    private static object TransformMap(LoopPlan plan, Frame frame, bool entries)
    {
        var made = new MadeMap();
        var error = plan.Walk(frame, (first, _) =>
        {
            if (!plan.Passes(frame, out var failure))
            {
                return failure;
            }

            var value = plan.Body(frame);
            return value is CelError ? value : entries ? AddEntries(made, value) : made.Add(first, value) ? null : CelError.NoOverload;
        });
        return error ?? made;
    }

    private static CelError? AddEntries(MadeMap made, object value)
    {
        if (value is not CelMap map)
        {
            return CelError.NoOverload;
        }

        foreach (var key in map.Keys)
        {
            if (!made.Add(key, map.Find(key)!))
            {
                return new CelError($"insert failed: key {CelText.Of(key)} already exists");
            }
        }

        return null;
    }

    /// <summary>The parts of a loop.</summary>
    private sealed record LoopPlan(Step Range, Step? Filter, Step Body, int Slot, bool Two)
    {
        /// <summary>Calls for every entry until a call gives something; gives that.</summary>
        public object? Walk(Frame frame, Func<object, object, object?> visit)
        {
            var range = Range(frame);
            switch (range)
            {
                case CelList list:
                    for (var index = 0; index < list.Count; index++)
                    {
                        if (Visit(frame, Two ? (long)index : list[index], Two ? list[index] : CelNull.Instance, visit) is { } end)
                        {
                            return end;
                        }
                    }

                    return null;
                case CelMap map:
                    foreach (var key in map.Keys)
                    {
                        if (Visit(frame, key, Two ? map.Find(key)! : CelNull.Instance, visit) is { } end)
                        {
                            return end;
                        }
                    }

                    return null;
                default:
                    return range is CelError ? range : CelError.NoOverload;
            }
        }

        public bool Passes(Frame frame, out CelError? failure)
        {
            var value = Filter?.Invoke(frame) ?? true;
            failure = value is bool ? null : value as CelError ?? CelError.NoOverload;
            return value is true;
        }

        private object? Visit(Frame frame, object first, object second, Func<object, object, object?> visit)
        {
            frame.Cost.Charge(1);
            if (first is CelError || second is CelError)
            {
                return first is CelError ? first : second;
            }

            frame.Slots[Slot] = first;
            if (Two)
            {
                frame.Slots[Slot + 1] = second;
            }

            return visit(first, second);
        }
    }
}
