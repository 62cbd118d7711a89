"""The pages of proposals, as a browser without JavaScript sees them."""

import re
from typing import Any

from sqlalchemy import select

from participa.contributions.models import Draft, Version
from participa.proposals.models import Answer, Proposal
from tests.factories import BODY, Factory
from tests.tools import counted_statements


def path(component: Any) -> str:
    return f"/e/{component.space.slug}/{component.id}"


def test_the_list_shows_proposals_and_leads_to_their_page(client, make: Factory):
    component = make.component("proposals")
    proposal = make.proposal(component, title="Planter des arbres dans la grand-rue")
    address = path(component)

    page = client.get(address)

    assert page.status_code == 200
    assert f'href="{address}/{proposal.id}-planter-des-arbres-dans-la-grand-rue"' in page.text
    assert client.get(f"{address}/{proposal.id}-planter-des-arbres-dans-la-grand-rue").status_code == 200
