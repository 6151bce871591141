namespace Naru.Workloads.CronJobs;

/// <summary>When a schedule is due. Pure.</summary>
/// <param name="Due">The newest time that passed and was not served yet; null if none.</param>
/// <param name="Missed">How many such times there are; more than a hundred are not counted on.</param>
/// <param name="Next">The next time to come.</param>
internal sealed record CronDue(DateTimeOffset? Due, int Missed, DateTimeOffset? Next)
{
    private const int Most = 100;

    /// <summary>Looks at the times since the last one that was served.</summary>
    public static CronDue At(CronSchedule schedule, TimeZoneInfo zone, DateTimeOffset served, TimeSpan? deadline, DateTimeOffset now)
    {
        var from = deadline is { } limit && now - limit > served ? now - limit : served;
        DateTimeOffset? due = null;
        var missed = 0;
        var next = schedule.Next(from, zone);
        while (next is { } time && time <= now)
        {
            due = time;
            if (++missed > Most)
            {
                // So long ago that walking on would never end: what counts is the newest.
                for (var back = TimeSpan.FromMinutes(1); back < now - time; back *= 4)
                {
                    if (schedule.Next(now - back, zone) is { } late && late <= now)
                    {
                        next = late;
                        while (next is { } one && one <= now)
                        {
                            due = one;
                            next = schedule.Next(one, zone);
                        }

                        return new(due, missed, next);
                    }
                }
            }

            next = schedule.Next(time, zone);
        }

        return new(due, missed, next);
    }
}
